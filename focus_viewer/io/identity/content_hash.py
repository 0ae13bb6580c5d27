"""Fingerprints of cubes by their content, and the identity of files without reading all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import translated_errors
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.storage.files import size_bytes

_MOST_BYTES = 256 * 2**20
_BLOCK_BYTES = 2**20
_HEAD_BYTES = 65_536
_OF_A_FOLDER = ("zarr.json", ".zgroup", ".zarray", ".zattrs", ".zmetadata")


def fingerprint(cube: Cube, step: Step = silent) -> str:
    """Return the fingerprint of a cube's content: the entries of its header, and its data file.

    Data of up to 256 MiB count whole. Of larger ones the size and 256 blocks of 1 MiB count, evenly
    spaced from the first byte to the last, and the fingerprint says so. Entries count by name:
    their order, comments and line ends do not, every number of a calibration does. Of a cube that
    is a folder (Zarr) all names and sizes count, and each file up to its share of 256 MiB.

    Parameters
    ----------
    cube : Cube
        Opened from a file.

    Returns
    -------
    str
        "sha256:..." or "sha256-blocks:...".

    Raises
    ------
    CubeError
        If the data file is missing or cannot be read.
    ValueError
        If the cube was not opened from a file.
    """
    if cube.path is None:
        raise ValueError(f"the cube {cube.name} has no file to take a fingerprint of")
    if cube.path.is_dir():
        return _of_folder(cube, cube.path, step)
    size = size_bytes(cube.path)
    digest = hashlib.sha256()
    digest.update(json.dumps([sorted(cube.header.items()), size]).encode())
    with translated_errors(cube.path), cube.path.open("rb") as file:
        for block in _blocks(file, size, step, f"checking {cube.path.name}"):
            digest.update(block)
    return f"{'sha256' if size <= _MOST_BYTES else 'sha256-blocks'}:{digest.hexdigest()}"


def _of_folder(cube: Cube, folder: Path, step: Step) -> str:
    """Hash names and sizes of all files and their beginnings, or all content if it is small."""
    with translated_errors(folder):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sizes = [path.stat().st_size for path in files]
        names = [path.relative_to(folder).as_posix() for path in files]
        whole = sum(sizes) <= _MOST_BYTES
        share = _MOST_BYTES if whole else max(1, _MOST_BYTES // len(files))
        digest = hashlib.sha256()
        digest.update(json.dumps([sorted(cube.header.items()), names, sizes]).encode())
        for done, path in enumerate(files):
            step(done / len(files), f"checking {folder.name}")
            with path.open("rb") as file:
                digest.update(file.read(share))
    return f"{'sha256' if whole else 'sha256-blocks'}:{digest.hexdigest()}"


def digest_of(path: Path, step: Step = silent) -> str:
    """Return the SHA-256 of a whole file, in hexadecimal.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            step(0.0, f"checking {path.name}")
            digest.update(block)
    return digest.hexdigest()


def _blocks(file: BinaryIO, size: int, step: Step, text: str) -> Iterator[bytes]:
    starts: Sequence[int] = range(0, size, _BLOCK_BYTES)
    if size > _MOST_BYTES:
        count = _MOST_BYTES // _BLOCK_BYTES
        starts = _evenly(size - _BLOCK_BYTES, count)
    for done, start in enumerate(starts):
        step(done / len(starts), text)
        file.seek(start)
        yield file.read(_BLOCK_BYTES)


def _evenly(last: int, count: int) -> list[int]:
    """Yield whole numbers from 0 to the last one, evenly spaced, exact for files of any size."""
    return [last * place // (count - 1) for place in range(count)]


def file_identity(path: Path) -> list[Any]:
    """Return size, time and first bytes of a file; for a folder, of the files that describe it.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if path.is_dir():
        parts = [path / name for name in _OF_A_FOLDER if (path / name).is_file()]
        heads = b"\0".join(part.read_bytes()[:_HEAD_BYTES] for part in parts)
        return [0, 0, hashlib.sha256(heads).hexdigest()]
    found = path.stat()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return [found.st_size, found.st_mtime_ns, hashlib.sha256(head).hexdigest()]
