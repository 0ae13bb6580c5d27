"""The cubes of a project, opened and treated as they were left; runs in worker threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import (
    Project,
    ProjectCube,
    ProjectReading,
    RecoveredWork,
    told_changed,
)
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import marks_of, preprocessing_of
from focus_viewer.core.progress import Step
from focus_viewer.session.tasks.services import Services

Choice = Path | Literal["leave", "remove"]
"""Where a cube is now; "leave" keeps it in the project without opening it."""


@dataclass(frozen=True, eq=False)
class Opening:
    """A project on its way to the screen.

    Attributes
    ----------
    path : Path
        Of its file.
    reading : ProjectReading
    recovered : RecoveredWork or None
        Set where it is work that was never saved.
    absent : tuple of ProjectCube
        Cubes that stay in it without being opened.
    moved : mapping of Path to Path
        Where a cube lay when the project was saved, by its place now.
    """

    path: Path
    reading: ProjectReading
    recovered: RecoveredWork | None = None
    absent: tuple[ProjectCube, ...] = ()
    moved: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether all its cubes are where they were, and what they were."""
        return not (self.reading.missing or self.reading.changed)

    def settled(self, choices: Mapping[int, Choice]) -> Opening:
        """What it is once the user has said what to do with cubes, by their places."""
        cubes = self.reading.project.cubes
        left = tuple(cubes[place] for place, one in choices.items() if one == "leave")
        moved = {one: cubes[at].path for at, one in choices.items() if isinstance(one, Path)}
        project = _chosen(self.reading.project, choices)
        reading = replace(self.reading, project=project, missing=(), changed=())
        return replace(
            self, reading=reading, absent=(*self.absent, *left), moved={**self.moved, **moved}
        )

    def with_choice(self, place: int, choice: ArrayChoice) -> Opening:
        """The same, with what the user says of a cube's file; what it holds is compared then."""
        project = self.reading.project
        cubes = list(project.cubes)
        cubes[place] = replace(cubes[place], choice=choice)
        reading = replace(self.reading, project=replace(project, cubes=tuple(cubes)))
        path = cubes[place].path
        return replace(self, reading=reading, moved={path: path, **self.moved})


@dataclass(frozen=True, eq=False)
class Opened:
    """What became of a project: cubes for its own, or who must be asked about.

    Attributes
    ----------
    opening : Opening
        With the project as it is now.
    cubes : tuple of Cube, or None
        None where something must be asked first.
    problems : tuple of str
        What could not be done again, and what is not as it was.
    question : (int, NeedsChoice) or None
        Place of a cube whose file does not tell which of its arrays it is.
    """

    opening: Opening
    cubes: tuple[Cube, ...] | None = None
    problems: tuple[str, ...] = ()
    question: tuple[int, NeedsChoice] | None = None


def reopened(services: Services, opening: Opening, step: Step) -> Opened:
    """Open the cubes of a project, if nobody must be asked first.

    Raises
    ------
    FocusError
        If a cube cannot be read, or is of another shape and there is no array to choose.
    Cancelled
        From `step`.
    """
    if not opening.is_settled:
        return Opened(opening)
    project = opening.reading.project
    kept, cubes, problems = list(project.cubes), [], []
    for place, told in enumerate(project.cubes):
        try:
            cube = _read(services, told)
        except NeedsChoice as question:
            return Opened(opening, question=(place, question))
        moved_from = opening.moved.get(told.path)
        if moved_from is not None and not services.projects.is_unchanged(told, cube, step):
            told = replace(told, explanation=None)
        kept[place], cube, problem = _treated(services, told, cube, moved_from, step)
        cubes.append(cube)
        problems += [problem] if problem else []
    reading = replace(opening.reading, project=replace(project, cubes=tuple(kept)))
    return Opened(replace(opening, reading=reading), tuple(cubes), tuple(problems))


def _read(services: Services, kept: ProjectCube) -> Cube:
    cube = services.cubes.read_cube(kept.path, kept.choice)
    if cube.shape != kept.shape:
        raise _misfit(services, kept, cube)
    return cube


def _misfit(services: Services, kept: ProjectCube, cube: Cube) -> FocusError:
    """A cube of another shape: asked about anew where another array, or other axes, may be it."""
    expected, found = ("x".join(map(str, one)) for one in (kept.shape, cube.shape))
    try:
        needed = services.cubes.arrays_of(kept.path)
    except FocusError:
        return FocusError(
            f"{kept.path} does not fit the project: expected rows x columns x bands "
            f"{expected}, found {found}. Choose the cube that was saved, or leave it out."
        )
    reason = f"the project expects rows x columns x bands {expected}, and it was read as {found}."
    return NeedsChoice(needed.path, needed.candidates, reason)


def _treated(
    services: Services, kept: ProjectCube, cube: Cube, moved_from: Path | None, step: Step
) -> tuple[ProjectCube, Cube, str]:
    """A cube with its treatment, or with what can be done of it, and what is to be said of that."""
    try:
        found = _treated_where_it_is(services, kept, cube, moved_from, step)
    except FocusError as error:  # a reference is gone: the work on the cube is not
        return _without_references(services, kept, cube, error, step)
    references = preprocessing_of(found).references
    changed = () if references is None else kept.marks.changed(references, marks_of(found))
    if not changed:
        return kept, found, ""
    return replace(kept, explanation=None), found, told_changed(cube.name, changed)


def _treated_where_it_is(
    services: Services, kept: ProjectCube, cube: Cube, moved_from: Path | None, step: Step
) -> Cube:
    """Treat a cube; references that are gone may have moved along with it."""
    asked = kept.preprocessing.references
    try:
        return services.preprocessing.preprocess(cube, kept.preprocessing, step)
    except FocusError:
        if asked is None or moved_from is None or moved_from.parent == kept.path.parent:
            raise
        along = asked.at(_moves_along(moved_from.parent, kept.path.parent))
        # If they have not, the files that the project names are the ones to tell of.
        with suppress(FocusError):
            return services.preprocessing.preprocess(
                cube, replace(kept.preprocessing, references=along), step
            )
        raise


def _moves_along(before: Path, now: Path) -> Callable[[Path], Path]:
    """Where a file is that kept its place beside a folder which moved."""

    def place(path: Path) -> Path:
        return Path(os.path.normpath(now / os.path.relpath(path, before)))

    return place


def _without_references(
    services: Services, kept: ProjectCube, cube: Cube, error: FocusError, step: Step
) -> tuple[ProjectCube, Cube, str]:
    """A cube as it was recorded, with the rest of its treatment; its references stay asked for."""
    kept = replace(kept, explanation=None)
    if kept.preprocessing.references is None:
        return kept, cube, f"{cube.name} is shown as its file is: {error}"
    problem = (
        f"{cube.name} is not calibrated, its values are {_told_units(cube)}: {error} The project "
        "keeps its references: put them back and open it again, or choose others with File > "
        "Calibrate to reflectance."
    )
    try:
        rest = services.preprocessing.preprocess(
            cube, replace(kept.preprocessing, references=None), step
        )
    except FocusError as other:
        return kept, cube, f"{problem} {other}"
    return kept, rest, problem


def _told_units(cube: Cube) -> str:
    return "in units that are not known" if cube.units == "unknown" else f"in {cube.units}"


def _chosen(project: Project, choices: Mapping[int, Choice]) -> Project:
    """The project with cubes moved or left out."""
    places = [(place, choices.get(place, cube.path)) for place, cube in enumerate(project.cubes)]
    left = [(place, path) for place, path in places if isinstance(path, Path)]
    cubes = tuple(replace(project.cubes[place], path=path) for place, path in left)
    now = {old: new for new, (old, _) in enumerate(left)}
    view = replace(project.view, active=now.get(project.view.active, -1))
    if view.pair is not None and {view.pair.first, view.pair.second} <= now.keys():
        pair = replace(view.pair, first=now[view.pair.first], second=now[view.pair.second])
        return replace(project, cubes=cubes, view=replace(view, pair=pair))
    return replace(project, cubes=cubes, view=replace(view, pair=None))
