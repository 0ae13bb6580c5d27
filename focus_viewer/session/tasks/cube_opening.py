"""Opening of cubes from paths, in the background and one path after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels, SuggestedLabels
from focus_viewer.core.errors import Cancelled, FocusError, OtherKind
from focus_viewer.core.progress import Step
from focus_viewer.core.regions.file_formats import holds_regions, may_hold_regions
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.requests import FileChoice, Problem, problem_of
from focus_viewer.session.tasks.array_choice import ArrayQuestions
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import OPEN
from focus_viewer.session.tasks.service_protocols import Services

NONE: Mapping[Path, CubeLabels] = MappingProxyType({})
_TABLES = (".csv", ".tsv", ".tab", ".txt")
_NO_CUBES = (".zip", ".txt")  # unless they are read as one


@dataclass(frozen=True)
class _Regions:
    """A file other than a cube, which may hold regions of the cube that is open."""

    path: Path


@dataclass(frozen=True)
class _Table:
    """A table of labels of the open cubes."""

    path: Path


@dataclass(frozen=True)
class _Model:
    """A folder of a model."""

    path: Path


@dataclass(frozen=True)
class _Study:
    """A study: what a batch has written."""

    path: Path


@dataclass(frozen=True)
class _Library:
    """A spectral library."""

    path: Path


Result = Cube | Problem | FileChoice | NeedsChoice | _Regions | _Table | _Model | _Study | _Library


class CubeOpening:
    """Opening of cubes; the user chooses the array of files that do not declare it."""

    def __init__(
        self,
        session: Session,
        background: Background,
        services: Services,
        arrays: ArrayQuestions,
        open_regions: Callable[[Path], None],
        read_labels: Callable[[Path], None],
        add_model: Callable[[Path], None],
        open_study: Callable[[Path], None],
        open_library: Callable[[Path], None],
    ) -> None:
        self._session = session
        self._open_regions = open_regions
        self._background = background
        self._read_labels = read_labels
        self._add_model = add_model
        self._open_study = open_study
        self._open_library = open_library
        self._cubes = services.cubes
        self._label_files = services.labels
        self._model_files = services.models
        self._study_files = services.studies
        self._arrays = arrays
        self._paths: list[Path] = []
        self._labels: dict[Path, CubeLabels] = {}
        self._choices: list[FileChoice] = []
        self._problems: list[Problem] = []

    def open(self, paths: Sequence[Path], labels: Mapping[Path, CubeLabels] = NONE) -> None:
        """Open cubes after those that are being opened, with labels by path."""
        self._labels.update(labels)
        idle = not self._paths
        # A table labels the cubes that are open then.
        self._paths.extend(sorted(paths, key=lambda path: path.suffix.lower() in _TABLES))
        if idle and self._paths:
            self._open_next()

    def _open_next(self) -> None:
        path = self._paths[0]

        def work(step: Step) -> list[Result]:
            if (model := self._model_files.model_at(path)) is not None:
                return [_Model(model)]
            if self._study_files.is_study(path):
                return [_Study(path)]
            if holds_regions(path):
                text = f"{path} holds regions of one cube. Open it again once that cube is shown."
                return [Problem(f"Could not open {path.name}", text)]
            if self._label_files.is_table(path):
                return [_Table(path)]
            try:
                images = self._cubes.find_cubes(path)
            except FocusError as error:
                return [self._otherwise(path, error)]
            if len(images) > 1:
                found = self._label_files.suggest(path, images)
                return [FileChoice((path,), tuple(images), found)]
            return [self._read(image, step) for image in images]

        self._background.submit(OPEN, work, self._opened, reads=path, failed=self._not_opened)

    def _read(self, path: Path, step: Step) -> Result:
        step(0.0, f"opening {path.name}")
        try:
            return self._cubes.read_cube(path)
        except NeedsChoice as question:
            return question
        except FocusError as error:
            return self._otherwise(path, error)

    def _otherwise(self, path: Path, error: FocusError) -> Result:
        """Return what another file is: regions of the open cube, or a problem."""
        if isinstance(error, OtherKind) and error.kind == "spectral library":
            return _Library(path)
        hint = _labels_hint(error)
        regions = may_hold_regions(path) and (hint or path.suffix.lower() in _NO_CUBES)
        if regions and self._session.state.document is not None:
            return _Regions(path)
        return Problem(f"Could not open {path.name}", f"{error}{hint}")

    def _opened(self, results: list[Result]) -> None:
        """Open cubes, and ask and report what else there is: no cube that is open is lost."""
        for result in results:
            if isinstance(result, Cube):
                self._session.documents.open(result, labels=self._own_labels)
            elif isinstance(result, FileChoice):
                self._choices.append(result)
            elif isinstance(result, NeedsChoice):
                self._arrays.ask(result, labels=self._own_labels)
            elif isinstance(result, _Model):
                self._add_model(result.path)
            elif isinstance(result, _Study):
                self._open_study(result.path)
            elif isinstance(result, _Library):
                self._open_library(result.path)
            elif isinstance(result, _Table):
                self._read_labels(result.path)
            elif isinstance(result, _Regions):
                self._open_regions(result.path)
            else:
                self._problems.append(result)
        self._next_path()

    @property
    def _own_labels(self) -> CubeLabels:
        """Labels of what is being opened."""
        return self._labels.get(self._paths[0], NO_LABELS)

    def _not_opened(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            title = f"Could not open {self._paths[0].name}"
            self._problems.append(problem_of(title, error))
        self._next_path()

    def _next_path(self) -> None:
        self._paths.pop(0)
        if self._problems:  # again after each path: opening a cube removes the message
            self._session.requests.report(_together(self._problems))
        if self._paths:
            self._open_next()
            return
        self._problems, self._labels = [], {}
        choices, self._choices = self._choices, []
        if choices:
            folders = tuple(folder for choice in choices for folder in choice.folders)
            paths = tuple(path for choice in choices for path in choice.paths)
            found = _suggested_together([choice.suggested for choice in choices])
            self._session.requests.offer_files(FileChoice(folders, paths, found))


def _labels_hint(error: FocusError) -> str:
    """Return how to open an image that may hold the numbers of regions; "" for other files."""
    may_be_labels = isinstance(error, OtherKind) and (
        error.kind in ("classification", "mask") or "labels" in str(error)
    )
    return " If these are labels of regions, use Regions > Open regions." if may_be_labels else ""


def _suggested_together(found: Sequence[SuggestedLabels]) -> SuggestedLabels:
    """Return the suggestions for several folders as one."""
    sources = dict.fromkeys(each.source for each in found if each.source)
    labels = {path: own for each in found for path, own in each.labels.items()}
    return SuggestedLabels(labels, " and ".join(sources))


def _together(problems: Sequence[Problem]) -> Problem:
    """Return the problems with several files as one."""
    if len(problems) == 1:
        return problems[0]
    texts = "\n".join(problem.text for problem in problems)
    return Problem(f"Could not open {len(problems)} files", texts)
