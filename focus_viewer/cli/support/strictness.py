"""Strict reading: a file whose statements exclude one another is refused, not guessed."""

from __future__ import annotations

from typing import Annotated

import typer

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import FocusError

StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict", help="Fail where statements of the file about its values exclude one another."
    ),
]


def refuse_contradictions(cube: Cube, strict: bool) -> None:
    """Refuse a cube whose file contradicts itself, where that was asked for.

    Raises
    ------
    FocusError
        With what the file says, and how the user can settle it.
    """
    if strict and cube.contradictions:
        raise FocusError(
            f"{cube.place}: {' '.join(cube.contradictions)} Settle it with --units, --scale or "
            "--no-data, or leave out --strict."
        )
