"""PyTorch's default build for Linux without the gigabytes that only a GPU needs.

`import torch` ends where one of NVIDIA's libraries is missing, though on a machine without a GPU
none of them does anything. Those that torch is linked to are replaced by stand-ins, of the same
names and with the functions that it asks for: all of them return "no device", which is what torch
acts on. Of its own libraries the programs for the GPU become holes, which take no place on a disk.
PyTorch's CPU build has none of this and stays as it is.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_NO_DEVICE = 100  # cudaErrorNoDevice
_GPU_PROGRAMS = ".nv_fatbin"
_ONLY_FOR_GPU = ("libtorch_cuda_linalg.so",)  # asked for by name once there is a device


Entry = tuple[str, str, str]
"""Entry of PyInstaller's lists: the place in the application, the file, and its kind."""


def lightened(binaries: list[Entry], work: Path) -> list[Entry]:
    """Return the libraries of an application without what is of use with a GPU only.

    Parameters
    ----------
    binaries : list of tuple of str
        All libraries, as PyInstaller lists them.
    work : Path
        Folder for the files that are made.
    """
    left = [entry for entry in binaries if is_left_out(Path(entry[1]))]
    if not left:
        return binaries
    work.mkdir(parents=True, exist_ok=True)
    kept = [entry for entry in binaries if entry not in left]
    stand_ins = make_stand_ins(_files(kept), _files(left), work)
    return kept + [(f"torch/lib/{path.name}", str(path), "BINARY") for path in stand_ins]


def make_holes(folder: Path) -> None:
    """Replace the programs for the GPU in torch's libraries by holes, which read as zeros."""
    for library in folder.glob("libtorch_*.so"):
        place = _place_of_programs(library)
        if place is not None:
            _make_hole(library, *place)


def _make_hole(path: Path, start: int, length: int) -> None:
    lighter = path.with_suffix(".lighter")
    with path.open("rb") as source, lighter.open("wb") as target:
        target.write(source.read(start))
        for file in (source, target):
            file.seek(start + length)
        shutil.copyfileobj(source, target)
    shutil.copymode(path, lighter)
    lighter.replace(path)


def _files(entries: list[Entry]) -> list[Path]:
    return [Path(file) for _, file, kind in entries if kind != "SYMLINK"]


def is_left_out(library: Path) -> bool:
    """Return whether a library is of use with a GPU only."""
    return "nvidia" in library.parts or library.name in _ONLY_FOR_GPU


def make_stand_ins(kept: list[Path], left: list[Path], folder: Path) -> list[Path]:
    """Make a stand-in for each library that is left out and that another one is linked to.

    Parameters
    ----------
    kept, left : list of Path
        Libraries that stay, and those that are left out.
    folder : Path
        Folder for the stand-ins.

    Returns
    -------
    list of Path
        Stand-ins, by name.
    """
    names = {path.name: path for path in left}
    users = {path: linked for path in kept if (linked := names.keys() & _linked(path))}
    asked = {symbol for path in users for symbol in _symbols(path, "--undefined-only")}
    return [
        _stand_in(name, asked & {*_symbols(names[name], "--defined-only")}, folder)
        for name in sorted(set().union(*users.values()))
    ]


def _output(*command: str | Path) -> list[str]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.splitlines()


def _place_of_programs(library: Path) -> tuple[int, int] | None:
    """Return start and length of the section with programs for the GPU, in bytes."""
    for line in _output("readelf", "-SW", library):
        _, found, rest = line.partition(f" {_GPU_PROGRAMS} ")
        if found:
            _type, _address, start, length, *_ = rest.split()
            return int(start, 16), int(length, 16)
    return None


def _linked(library: Path) -> set[str]:
    """Return the names of the libraries that a library is linked to."""
    lines = _output("readelf", "-d", library)
    return {line.partition("[")[2].rstrip("]") for line in lines if "(NEEDED)" in line}


def _symbols(library: Path, which: str) -> Iterator[tuple[str, str]]:
    """Yield the names and versions of a library's symbols; NVIDIA's are all of C."""
    for line in _output("nm", "-D", which, library):
        name, _, version = line.split()[-1].partition("@")
        if not name.startswith("_Z"):
            yield name, version.lstrip("@")


def _stand_in(name: str, symbols: set[tuple[str, str]], folder: Path) -> Path:
    source, versions = folder / f"{name}.s", folder / f"{name}.versions"
    source.write_text(_HEAD + "".join(_FUNCTION.format(name=it) for it, _ in sorted(symbols)))
    versions.write_text(_version_script(symbols) or "{ global: *; };")
    _output("as", source, "-o", source.with_suffix(".o"))
    options = ("-shared", "-soname", name, "--version-script", versions, "-o", folder / name)
    _output("ld", *options, source.with_suffix(".o"))
    return folder / name


def _version_script(symbols: set[tuple[str, str]]) -> str:
    """Return the linker's version script for symbols; empty where none has a version."""
    versions = sorted({version for _, version in symbols} - {""})
    names = {it: sorted(name for name, version in symbols if version == it) for it in versions}
    return "".join(f"{it} {{ global: {'; '.join(names[it])}; }};\n" for it in versions)


# The assembler's lines, for the only processor that PyTorch's builds with CUDA by default are for.
_HEAD = f""".section .note.GNU-stack,"",@progbits
.text
none: mov ${_NO_DEVICE}, %eax
    ret
"""
_FUNCTION = """.globl {name}
.type {name}, @function
{name}: jmp none
"""
