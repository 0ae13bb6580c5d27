"""Opening of a project's cubes with their preprocessing; runs in worker threads."""

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
    ProjectLibrary,
    ProjectReading,
    RecoveredWork,
    changed_references_note,
)
from focus_viewer.core.errors import FocusError
from focus_viewer.core.preprocessing.settings import preprocessing_of, reference_fingerprints_of
from focus_viewer.core.progress import Step
from focus_viewer.session.state.libraries import Libraries
from focus_viewer.session.state.slices.models import ModelEntry
from focus_viewer.session.tasks.project_libraries import open_libraries
from focus_viewer.session.tasks.service_protocols import Services

Choice = Path | Literal["leave", "remove"]
"""Present path of a cube; "leave" leaves it in the project without opening it."""


@dataclass(frozen=True, eq=False)
class Opening:
    """Project that is being opened.

    Attributes
    ----------
    path : Path
        Of its file.
    recovered : RecoveredWork or None
        Set for work that was never saved.
    absent : tuple of ProjectCube
        Cubes that stay in it without being opened.
    moved : mapping of Path to Path
        Path of a cube when the project was saved, by its present path.
    """

    path: Path
    reading: ProjectReading
    recovered: RecoveredWork | None = None
    absent: tuple[ProjectCube, ...] = ()
    moved: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether all its cubes exist unchanged."""
        return not (self.reading.missing or self.reading.changed)

    def decided(self, choices: Mapping[int, Choice]) -> Opening:
        """Return the project after the user's decisions on cubes, by their index."""
        cubes = self.reading.project.cubes
        left = tuple(cubes[index] for index, choice in choices.items() if choice == "leave")
        moved = {
            choice: cubes[index].path
            for index, choice in choices.items()
            if isinstance(choice, Path)
        }
        project = _chosen(self.reading.project, choices)
        reading = replace(self.reading, project=project, missing=(), changed=())
        return replace(
            self, reading=reading, absent=(*self.absent, *left), moved={**self.moved, **moved}
        )

    def with_choice(self, place: int, choice: ArrayChoice) -> Opening:
        """Return the project with the array of a cube chosen; its content is compared later."""
        project = self.reading.project
        cubes = list(project.cubes)
        cubes[place] = replace(cubes[place], choice=choice)
        reading = replace(self.reading, project=replace(project, cubes=tuple(cubes)))
        path = cubes[place].path
        return replace(self, reading=reading, moved={path: path, **self.moved})


@dataclass(frozen=True, eq=False)
class Opened:
    """Result of opening: the cubes of a project, or a question to the user.

    Attributes
    ----------
    opening : Opening
        With the project as it is now.
    cubes : tuple of Cube, or None
        None if the user must decide first.
    model : ModelEntry or None
        The model of the project; None if it cannot be read.
    problems : tuple of str
        A missing model, preprocessing that failed, and references that have changed.
    question : (int, NeedsChoice) or None
        Index of a cube whose array the user must choose.
    libraries : Libraries
        Its spectral libraries, as far as they can be read.
    absent_libraries : tuple of ProjectLibrary
        The others.
    library_problems : tuple of str
        Why these are not open, and which have changed.
    """

    opening: Opening
    cubes: tuple[Cube, ...] | None = None
    model: ModelEntry | None = None
    problems: tuple[str, ...] = ()
    question: tuple[int, NeedsChoice] | None = None
    libraries: Libraries = field(default_factory=Libraries)
    absent_libraries: tuple[ProjectLibrary, ...] = ()
    library_problems: tuple[str, ...] = ()


def open_cubes(services: Services, opening: Opening, step: Step) -> Opened:
    """Open the cubes of a project, unless the user must decide first.

    Raises
    ------
    FocusError
        If a cube cannot be read, or has another shape and no array to choose.
    """
    if not opening.is_complete:
        return Opened(opening)
    project = opening.reading.project
    model, problem = _model(services, project.model)
    updated, cubes, problems = list(project.cubes), [], [problem] if problem else []
    for index, saved in enumerate(project.cubes):
        try:
            cube = _read(services, saved)
        except NeedsChoice as question:
            return Opened(opening, question=(index, question))
        moved_from = opening.moved.get(saved.path)
        if moved_from is not None and not services.projects.is_unchanged(saved, cube, step):
            saved = replace(saved, explanation=None)
        updated[index], cube, problem = _preprocessed(services, saved, cube, moved_from, step)
        cubes.append(cube)
        problems += [problem] if problem else []
    reading = replace(opening.reading, project=replace(project, cubes=tuple(updated)))
    libraries, absent, lost = open_libraries(services, project.libraries)
    return Opened(
        replace(opening, reading=reading),
        tuple(cubes),
        model,
        tuple(problems),
        libraries=libraries,
        absent_libraries=absent,
        library_problems=tuple(lost),
    )


def _model(services: Services, place: str) -> tuple[ModelEntry | None, str]:
    """Return the model of a project, or what to do without it."""
    try:
        return ModelEntry(place, services.models.read_card(place)), ""
    except FocusError as error:
        return None, (
            f"Saved results are shown as they are, and nothing else is explained: {error} Put it "
            "back and open the project again, or choose another model in the Decision panel."
        )


def _read(services: Services, saved: ProjectCube) -> Cube:
    cube = services.cubes.read_cube(saved.path, saved.choice)
    if cube.shape != saved.shape:
        raise _shape_error(services, saved, cube)
    return cube


def _shape_error(services: Services, saved: ProjectCube, cube: Cube) -> FocusError:
    """Return the error for a cube of another shape: a question if it has arrays to choose."""
    expected, found = ("x".join(map(str, shape)) for shape in (saved.shape, cube.shape))
    try:
        needed = services.cubes.arrays_of(saved.path)
    except FocusError:
        return FocusError(
            f"{saved.path} does not fit the project: expected rows x columns x bands "
            f"{expected}, found {found}. Choose the cube that was saved, or leave it out."
        )
    reason = f"the project expects rows x columns x bands {expected}, and it was read as {found}."
    return NeedsChoice(needed.path, needed.candidates, reason)


def _preprocessed(
    services: Services, saved: ProjectCube, cube: Cube, moved_from: Path | None, step: Step
) -> tuple[ProjectCube, Cube, str]:
    """Return a cube with its preprocessing, as far as possible, and a message about it."""
    try:
        found = _with_moved_references(services, saved, cube, moved_from, step)
    except FocusError as error:  # a reference is missing: the work on the cube remains
        return _without_references(services, saved, cube, error, step)
    references = preprocessing_of(found).references
    changed = (
        ()
        if references is None
        else saved.reference_fingerprints.changed(references, reference_fingerprints_of(found))
    )
    if not changed:
        return saved, found, ""
    return replace(saved, explanation=None), found, changed_references_note(cube.name, changed)


def _with_moved_references(
    services: Services, saved: ProjectCube, cube: Cube, moved_from: Path | None, step: Step
) -> Cube:
    """Preprocess a cube; missing references may have moved along with it."""
    references = saved.preprocessing.references
    try:
        return services.preprocessing.preprocess(cube, saved.preprocessing, step)
    except FocusError:
        if references is None or moved_from is None or moved_from.parent == saved.path.parent:
            raise
        along = references.at(_moves_along(moved_from.parent, saved.path.parent))
        # If they have not, the error names the files of the project.
        with suppress(FocusError):
            return services.preprocessing.preprocess(
                cube, replace(saved.preprocessing, references=along), step
            )
        raise


def _moves_along(before: Path, now: Path) -> Callable[[Path], Path]:
    """Return a function from the old to the new path of files beside a moved folder."""

    def new_path(path: Path) -> Path:
        return Path(os.path.normpath(now / os.path.relpath(path, before)))

    return new_path


def _without_references(
    services: Services, saved: ProjectCube, cube: Cube, error: FocusError, step: Step
) -> tuple[ProjectCube, Cube, str]:
    """Return a cube without references but with its other preprocessing, and a message."""
    saved = replace(saved, explanation=None)
    if saved.preprocessing.references is None:
        return saved, cube, f"{cube.name} is shown without preprocessing: {error}"
    problem = (
        f"{cube.name} is not calibrated, its values are {_units_text(cube)}: {error} The project "
        "keeps its references. Put them back and open it again, or choose others with File > "
        "Calibrate to reflectance."
    )
    try:
        rest = services.preprocessing.preprocess(
            cube, replace(saved.preprocessing, references=None), step
        )
    except FocusError as other:
        return saved, cube, f"{problem} {other}"
    return saved, rest, problem


def _units_text(cube: Cube) -> str:
    return "in unknown units" if cube.units == "unknown" else f"in {cube.units}"


def _chosen(project: Project, choices: Mapping[int, Choice]) -> Project:
    """Return the project with cubes moved or left out."""
    places = [(place, choices.get(place, cube.path)) for place, cube in enumerate(project.cubes)]
    left = [(place, path) for place, path in places if isinstance(path, Path)]
    cubes = tuple(replace(project.cubes[place], path=path) for place, path in left)
    now = {old: new for new, (old, _) in enumerate(left)}
    view = replace(project.view, active=now.get(project.view.active, -1))
    if view.pair is not None and {view.pair.first, view.pair.second} <= now.keys():
        pair = replace(view.pair, first=now[view.pair.first], second=now[view.pair.second])
        return replace(project, cubes=cubes, view=replace(view, pair=pair))
    return replace(project, cubes=cubes, view=replace(view, pair=None))
