"""Options of commands: choices of names, and what the user says of a cube's file."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from focus_viewer.core.cubes.array_choice import ArrayChoice, Axes
from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.errors import FocusError

ArrayOption = Annotated[
    str | None,
    typer.Option(
        "--array", metavar="NAME", help="Array that is the cube, in a file of several arrays."
    ),
]
AxesOption = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,C",
        help="Its axes: rows, cols and bands in the array's order. In an array of spectra "
        "rows and cols stand for the axis of the pixels, the slower one first.",
    ),
]
ImageShapeOption = Annotated[
    str | None, typer.Option(metavar="ROWS,COLS", help="Size of the image of an array of spectra.")
]
WavelengthsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE.csv", help="Table of wavelengths in nm or µm, a row for each band."),
]
SpectraOption = Annotated[
    Path | None,
    typer.Option(
        "--spectra",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder of tables of measured leaf spectra (CSV), for scenes of measured leaves too.",
    ),
]
DeviceOption = Annotated[
    str, typer.Option(metavar="NAME", help="auto (CUDA, then MPS, then CPU), cpu, cuda:0, ...")
]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Number of processes.")]
UnitsOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"What the numbers are: {', '.join(get_args(Units))}."),
]
ScaleOption = Annotated[
    float | None,
    typer.Option(metavar="NUMBER", help="Divisor of the stored numbers, such as 10000."),
]
NoDataOption = Annotated[
    float | None,
    typer.Option(
        "--no-data", metavar="NUMBER", help="Stored number that stands for no data, such as -9999."
    ),
]


def out_folder(text: str) -> Path:
    """Parse the folder of --out.

    Raises
    ------
    FocusError
        If it is empty, which would mean the present folder.
    """
    if not text.strip():
        raise FocusError("--out: expected a folder, found nothing. The present folder is `.`.")
    return Path(text)


def band_ranges(text: str | None) -> tuple[tuple[float, float], ...]:
    """Parse the ranges of --bands, such as 500-680,720-900; none without the option.

    Raises
    ------
    FocusError
        If one is not two ascending wavelengths in nm.
    """
    ranges = []
    for each in [] if text is None else text.split(","):
        found = re.fullmatch(r"\s*(\d{1,5}(?:\.\d+)?)\s*-\s*(\d{1,5}(?:\.\d+)?)\s*", each)
        if found is None or float(found[1]) >= float(found[2]):
            raise FocusError(
                f"--bands: expected ranges in nm, such as 500-680,720-900; found {text!r}."
            )
        ranges.append((float(found[1]), float(found[2])))
    return tuple(ranges)


def selected(kind: str, names: Sequence[str] | None, known: Collection[str]) -> tuple[str, ...]:
    """Return the names that `--kind` selects, each once; all that are known without the option.

    Raises
    ------
    FocusError
        If a name is unknown.
    """
    for name in names or ():
        if name not in known:
            raise FocusError(f"--{kind}: no {kind} {name!r}. Choose from: {', '.join(known)}.")
    return tuple(dict.fromkeys(names or known))


def array_choice(
    array: str | None,
    axes: str | None,
    image_shape: str | None,
    wavelengths: Path | None,
    units: str | None,
    scale: float | None,
    no_data: float | None = None,
) -> ArrayChoice | None:
    """Return the array choice of the options; None where no option is given.

    Raises
    ------
    FocusError
        If one is not what it should be.
    """
    choice = ArrayChoice(
        array,
        None if axes is None else _axes(axes),
        None if image_shape is None else _image_shape(image_shape),
        None if wavelengths is None else _wavelengths(wavelengths),
        None if units is None else _units(units),
        scale,
        no_data,
        origin="" if wavelengths is None else f"the table {wavelengths.name}",
    )
    return None if choice == ArrayChoice() else choice


def _axes(text: str) -> Axes:
    names = tuple(name.strip().lower() for name in text.split(","))
    if sorted(names) != ["bands", "cols", "rows"]:
        raise FocusError(
            f"--axes: expected rows, cols and bands, each once, in the array's order, such as "
            f"rows,cols,bands; found {text!r}."
        )
    return cast("Axes", names)


def _image_shape(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,7})\s*[,x]\s*(\d{1,7})\s*", text)
    if found is None:
        raise FocusError(
            f"--image-shape: expected rows and columns, such as 100,120; found {text!r}."
        )
    return int(found[1]), int(found[2])


def _wavelengths(path: Path) -> tuple[float, ...]:
    from focus_viewer.io.metadata.wavelength_list import read_wavelength_list

    return read_wavelength_list(path)


def _units(text: str) -> Units:
    if text not in get_args(Units):
        raise FocusError(f"--units: expected one of {', '.join(get_args(Units))}; found {text!r}.")
    return cast("Units", text)
