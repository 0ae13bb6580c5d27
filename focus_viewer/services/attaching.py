"""Attachment of a frozen model from files on disk, as the command does it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.model_card import ModelCard

if TYPE_CHECKING:
    from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts


class AttachRequest(NamedTuple):
    """What is to be attached, and where the model goes.

    Attributes
    ----------
    checkpoint : Path
        State dict of the frozen model.
    cubes : Path, or sequence of Cube or Path
        Folder of cubes, a cube, or cubes one by one.
    out : Path
        Folder of the model, named as the model.
    command : str
        The command that attaches the same model again.
    choice : ArrayChoice or None
        What the user says of the cubes' files.
    """

    checkpoint: Path
    cubes: Path | Sequence[Cube | Path]
    out: Path
    facts: FrozenModelFacts
    plan: AttachPlan
    command: str = ""
    choice: ArrayChoice | None = None


def attach_model(request: AttachRequest, step: Step) -> ModelCard:
    """Attach a model and write its folder; returns the card.

    Raises
    ------
    FocusError
        If the state dict or a cube cannot be used.
    OSError
        If a file cannot be written.
    """
    from focus_viewer.explain.attaching.attach import Order, attach
    from focus_viewer.explain.model.checkpoint import save_model

    cubes = request.cubes
    if isinstance(cubes, Path):
        cubes = cubes.absolute()  # as reasons name it, so that it can be taken off them
    openers = [
        partial(_opened, each, request.choice)
        for each in (cubes_of(cubes) if isinstance(cubes, Path) else cubes)
    ]
    if not openers:
        raise CubeError("expected one cube or more to attach the model with, found none.")
    order = Order(
        *(request.checkpoint, request.facts, openers, request.plan),
        name=request.out.name,
        command=request.command,
        folder=f"{cubes}{os.sep}" if isinstance(cubes, Path) else "",
    )
    made = attach(order, part(step, 0.0, 0.99))
    card = save_model(request.out, made.model, made.card, made.recipe)
    step(1.0, "done")
    return card


def _opened(cube: Cube | Path, choice: ArrayChoice | None) -> Cube:
    from focus_viewer.io.reader import read_cube

    return read_cube(cube, choice) if isinstance(cube, Path) else cube


def cubes_of(path: Path) -> list[Path]:
    """Return the cubes of a folder, or the one cube that a path is.

    A folder without images is searched deeper, as a tree of folders named by class.

    Raises
    ------
    CubeError
        If there is none.
    """
    from focus_viewer.io.folder import find_cubes, images_at

    images = images_at(path)
    folders = dict.fromkeys(image.parent for image in images)
    cubes = images if images == [path] else [cube for each in folders for cube in find_cubes(each)]
    if not cubes:
        raise CubeError(f"{path}: expected a folder of cubes, found none in it.")
    return cubes
