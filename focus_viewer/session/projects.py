"""Projects: opened, saved, and kept against a crash, in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from focus_viewer.core.cube import Cube
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.core.project import LostWork, Project, ProjectCube, ProjectReading
from focus_viewer.session.jobs import Services
from focus_viewer.session.keeping import captured
from focus_viewer.session.questions import Unsettled
from focus_viewer.session.session import Session
from focus_viewer.session.state import Change, Kept, Problem, Work

T = TypeVar("T")

_log = logging.getLogger(__name__)

Choice = Path | Literal["leave", "remove"]
"""Where a cube is now; "leave" keeps it in the project without opening it."""

PROJECT, KEEP = "project", "keep"
PROJECT_SUFFIX = ".focus.json"


class Background(Protocol):
    """What does work in a lane and shows a failure under a title."""

    def in_background(
        self, lane: str, work: Callable[[Step], T], done: Callable[[T], None], title: str
    ) -> None:
        """Do work of a lane and tell its result."""
        ...


@dataclass(frozen=True, eq=False)
class _Opened:
    """What became of opening: cubes for the project's, or who must be asked about."""

    reading: ProjectReading
    cubes: tuple[Cube, ...] | None
    problems: tuple[str, ...] = ()


def is_project(path: Path) -> bool:
    """Whether a file is called as projects are."""
    return path.name.lower().endswith(PROJECT_SUFFIX)


class Projects:
    """Opens and saves the project of a session.

    Parameters
    ----------
    session : Session
    background : Background
    services : Services
    model : callable
        Tells the name of the model in use.
    use_model : callable
        Told the model that a project names.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        services: Services,
        model: Callable[[], str],
        use_model: Callable[[str], None],
    ) -> None:
        self._session = session
        self._background = background
        self._services = services
        self._model = model
        self._use_model = use_model

    # Opening

    def open(self, path: Path) -> None:
        """Put a project in the place of what is open, once its cubes are found."""
        self._read(path, path, None)

    def recover(self, lost: LostWork) -> None:
        """Put work that was not saved in the place of what is open."""
        self._read(lost.path, lost.of or lost.path, lost)

    def _read(self, path: Path, shown_as: Path, lost: LostWork | None) -> None:
        def work(step: Step) -> _Opened:
            reading = self._services.read_project(path, step)
            return self._with_cubes(reading, not (reading.missing or reading.changed), step)

        begun = self._session.state.work

        def done(opened: _Opened) -> None:
            if not self._has_work_since(begun, shown_as):
                self._take(path, opened, lost)

        self._background.in_background(PROJECT, work, done, f"Could not open {shown_as.name}")

    def _with_cubes(
        self,
        reading: ProjectReading,
        settled: bool,
        step: Step,
        moved: Collection[Path] = (),
    ) -> _Opened:
        if not settled:
            return _Opened(reading, None)
        cubes, kept, problems = [], [], []
        for told in reading.project.cubes:
            cube = self._read_cube(told)
            is_another = told.path in moved and not self._services.is_still(told, cube, step)
            one = replace(told, explanation=None) if is_another else told
            try:
                cubes.append(self._services.treat(cube, one.treatment, step))
                kept.append(one)
            except FocusError as error:  # a reference has moved: the work on the cube has not
                cubes.append(cube)
                kept.append(replace(one, explanation=None))
                problems.append(f"{cube.name} is shown as its file is: {error}")
        project = replace(reading.project, cubes=tuple(kept))
        return _Opened(replace(reading, project=project), tuple(cubes), tuple(problems))

    def _read_cube(self, kept: ProjectCube) -> Cube:
        cube = self._services.read_cube(kept.path)
        if cube.shape != kept.shape:
            expected, found = ("x".join(map(str, one)) for one in (kept.shape, cube.shape))
            raise FocusError(
                f"{kept.path} does not fit the project: expected rows x columns x bands "
                f"{expected}, found {found}. Choose the cube that was saved, or leave it out."
            )
        return cube

    def _has_work_since(self, begun: Work, path: Path) -> bool:
        """Whether the user has gone on working meanwhile: that must not be lost unasked."""
        state = self._session.state
        if not state.unsaved or state.work == begun:
            return False
        text = "You have worked on while it was read. Save that, and open the project again."
        self._session.report(Problem(f"{path.name} was not opened", text))
        return True

    def _take(
        self,
        path: Path,
        opened: _Opened,
        lost: LostWork | None,
        absent: tuple[ProjectCube, ...] = (),
    ) -> None:
        project, cubes = opened.reading.project, opened.cubes
        if cubes is None:
            self._session.ask_to_settle(Unsettled(path, opened.reading, lost))
            return
        self._use_model(project.model)
        if lost is None:
            self._session.take_project(project, cubes, Kept(path, absent=absent))
        else:
            self._session.take_project(project, cubes, Kept(lost.of, absent=absent), saved=False)
            self._keep_instead_of(lost)
        if opened.problems:
            title = "Not all that was done to the cubes could be done again"
            self._session.report(Problem(title, "\n".join(opened.problems)))

    def settle(self, choices: Mapping[int, Choice]) -> None:
        """Go on with the project that asked.

        Parameters
        ----------
        choices : mapping of int to Choice
            By place of a cube. One that is not named is used as it is.
        """
        unsettled = self._session.state.unsettled
        if unsettled is None:
            return
        self._session.ask_to_settle(None)
        cubes = unsettled.reading.project.cubes
        absent = tuple(cubes[place] for place, one in choices.items() if one == "leave")
        project = _chosen(unsettled.reading.project, choices)
        reading = replace(unsettled.reading, project=project, missing=(), changed=())
        moved = {one for one in choices.values() if isinstance(one, Path)}

        begun = self._session.state.work

        def done(opened: _Opened) -> None:
            if not self._has_work_since(begun, unsettled.path):
                self._take(unsettled.path, opened, unsettled.recovered, absent)

        self._background.in_background(
            PROJECT,
            lambda step: self._with_cubes(reading, settled=True, step=step, moved=moved),
            done,
            f"Could not open {unsettled.path.name}",
        )

    def give_up(self) -> None:
        """Leave the project that asked; what is open stays."""
        self._session.ask_to_settle(None)

    # Saving

    def save(self, path: Path, layout: str = "", then: Callable[[], None] = lambda: None) -> None:
        """Write the project.

        Parameters
        ----------
        path : Path
        layout : str
            Of the panels, as the window tells it.
        then : callable
            Called once it is on the disk.
        """
        state = self._session.state
        kept = replace(state.kept, path=path)
        kept = replace(kept, work=replace(state, kept=kept).work)
        project = captured(state, self._model(), layout)
        cubes = {one.cube.path: one.cube for one in state.documents if one.cube.path is not None}

        def done(_: None) -> None:
            self._session.mark_kept(kept)
            if not self._session.state.unsaved:
                self._drop(None)
            then()

        self._background.in_background(
            PROJECT,
            lambda step: self._services.write_project(path, project, cubes, step),
            done,
            f"Could not save {path.name}",
        )

    # Against a crash

    def keep(self, change: Change) -> None:
        """Keep what is not saved, each time that it changes."""
        state = change.after
        if state.work == change.before.work or not state.unsaved:
            return
        project, of = captured(state, self._model()), state.kept.path
        self._background.in_background(
            KEEP,
            lambda step: self._services.keep_work(project, of),
            lambda _: None,
            "Could not keep a copy of your work against a crash",
        )

    def drop_kept(self) -> None:
        """Forget what was kept: the window closes and the user has decided."""
        try:
            self._services.drop_work()
        except FocusError:
            _log.exception("work that was kept against a crash could not be removed")

    def look_for_lost(self) -> None:
        """Find work that earlier runs did not live to save."""
        self._background.in_background(
            KEEP,
            lambda step: self._services.find_lost_work(),
            self._session.offer_lost,
            "Could not look for work that was not saved",
        )

    def discard(self, lost: LostWork) -> None:
        """Forget work that was not saved."""
        self._offer_all_but(lost)
        self._drop(lost)

    def _offer_all_but(self, lost: LostWork) -> None:
        left: Sequence[LostWork] = [one for one in self._session.state.lost if one != lost]
        self._session.offer_lost(left)

    def _keep_instead_of(self, lost: LostWork) -> None:
        """What was recovered is still unsaved: it is kept anew before the old copy goes."""
        self._offer_all_but(lost)
        project = captured(self._session.state, self._model())

        def work(step: Step) -> None:
            self._services.keep_work(project, lost.of)
            self._services.drop_work(lost)

        self._background.in_background(
            KEEP, work, lambda _: None, "Could not keep a copy of your work against a crash"
        )

    def _drop(self, lost: LostWork | None) -> None:
        """In the lane that keeps, so that what is kept late is dropped all the same."""
        self._background.in_background(
            KEEP,
            lambda step: self._services.drop_work(lost),
            lambda _: None,
            "Could not remove a copy of work",
        )


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
