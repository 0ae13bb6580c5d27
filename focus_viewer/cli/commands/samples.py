"""`focus-viewer samples`: what is bundled to try the program on, listed, copied or opened."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_cache_path

from focus_viewer.assets import folder
from focus_viewer.cli.support import indian_pines
from focus_viewer.cli.support.program import program
from focus_viewer.core.documents.samples import BundledSample, read_samples
from focus_viewer.core.errors import FocusError


def samples(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Sample; without it, all are listed.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Copy the sample and its truth into a folder."),
    ] = None,
    opens: Annotated[bool, typer.Option("--open", help="Open the sample in the window.")] = False,
) -> None:
    """List the bundled samples, copy one, or open one. Needs no network.

    Each has its truth, and is compared with its checksums (SHA-256) first.
    """
    bundled = read_samples(folder("resources"))
    if name is None:
        if to is not None or opens:
            raise FocusError(f"Name a sample: {_names(bundled)}.")
        _list(bundled)
        return
    paths = _indian_pines(to) if name == indian_pines.NAME else _bundled(name, bundled, to)
    for path in paths:
        typer.echo(path)
    if opens:
        raise typer.Exit(_open(paths))


def _names(bundled: tuple[BundledSample, ...]) -> str:
    return ", ".join([*(sample.name for sample in bundled), indian_pines.NAME])


def _list(bundled: tuple[BundledSample, ...]) -> None:
    for sample in bundled:
        size = f"{sample.size_bytes / 1e6:.1f} MB"
        typer.echo(f"{sample.name:13s} {size:>7s}  {sample.title}: {sample.about}")
    state = "" if indian_pines.is_installed() else " Needs: pip install tensorly."
    typer.echo(
        f"{indian_pines.NAME:13s} {'':7s}  {indian_pines.TITLE}: {indian_pines.ABOUT}{state}"
    )


def _bundled(name: str, bundled: tuple[BundledSample, ...], to: Path | None) -> list[Path]:
    """Return what there is to open of a sample, copied first if a folder is named."""
    sample = next((found for found in bundled if found.name == name), None)
    if sample is None:
        raise FocusError(f"There is no sample {name!r}; there are {_names(bundled)}.")
    sample.check()
    if to is None:
        return sample.shown
    _keep_what_is_there([to / Path(path).name for path in sample.files])
    to.mkdir(parents=True, exist_ok=True)
    for path in sample.files:
        shutil.copyfile(sample.folder / path, to / Path(path).name)
    return [to / path.name for path in sample.shown]


def _indian_pines(to: Path | None) -> list[Path]:
    if to is None:
        to = user_cache_path("focus-viewer", appauthor=False) / "samples"
    else:
        _keep_what_is_there([to / name for name in indian_pines.FILES])
    return [indian_pines.write(to)]


def _keep_what_is_there(paths: list[Path]) -> None:
    there = [path for path in paths if path.exists()]
    if there:
        raise FocusError(f"{there[0]} is there already. Name an empty folder.")


def _open(paths: list[Path]) -> int:
    """Open paths in a window of a process of its own; return its status."""
    return subprocess.call([*program(), *map(str, paths)])  # noqa: S603 - this program itself
