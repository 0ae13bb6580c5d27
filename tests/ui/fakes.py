"""Stand-ins for files, models and threads: what the views are tested and looked at with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from fake_teaching import FakeTeaching
from trust_cases import FakeTrialRun

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.cube_labels import CubeLabels, LabelReading, SuggestedLabels
from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.errors import Cancelled, FocusError
from focus_viewer.core.preprocessing.apply import ReferenceCalibration, preprocessed
from focus_viewer.core.preprocessing.reflectance import Illumination
from focus_viewer.core.preprocessing.settings import (
    FoundReferences,
    Preprocessing,
    as_read,
    preprocessing_of,
)
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.trust import TrustRequest
from focus_viewer.core.spectra.indices import INDICES, Index
from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.study import Study
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.session.tasks.runner import Task

T = TypeVar("T")

CLASS_NAMES = ("healthy", "chlorosis", "water stress", "bacterial spot", "anthocyanin")
_UNATTRIBUTED = np.float32(0.125)  # of the evidence


def make_cube(
    rows: int = 40,
    cols: int = 60,
    bands: int = 50,
    wavelengths_nm: DoubleArray | None = None,
    **attributes: Any,
) -> Cube:
    """Make a leaf with two kinds of lesion before a dark background.

    Parameters
    ----------
    rows, cols, bands : int
    wavelengths_nm : DoubleArray, shape (bands,), or None
        None gives 400 to 1000 nm; the cube's own can be taken away with `dataclasses.replace`.
    **attributes
        Other attributes of the cube, such as `good_bands`.
    """
    axis = np.linspace(400, 1000, bands) if wavelengths_nm is None else wavelengths_nm
    leaf, spot, chlorosis = _tissues(rows, cols)
    values = (leaf * _veins(rows, cols))[..., None] * _leaf_spectrum(axis)
    values += spot[..., None] * (0.06 + 0.0001 * (axis - 400) - 0.7 * _leaf_spectrum(axis))
    values += chlorosis[..., None] * 0.16 * _bump(axis, 610, 55)
    values += 0.03 + np.random.default_rng(1).normal(0, 0.004, (rows, cols, axis.size))
    settled: dict[str, Any] = {
        "name": "leaf",
        "good_bands": np.ones(axis.size, dtype=np.bool_),
        "wavelengths_nm": axis,
        "units": "reflectance",
    }
    return Cube(source=ArraySource(values.astype(np.float32)), **(settled | attributes))


def make_explanation(cube: Cube, groups: int = 12, classes: int = 3) -> Explanation:
    """Make an explanation with known places: spots speak for class 1 in red, the rest against.

    Cells are 2 x 2 pixels; the groups cover the cube's axis evenly.
    """
    grid = (-(-cube.rows // 2), -(-cube.cols // 2))
    edges = np.linspace(float(cube.axis.min()), float(cube.axis.max()) + 1e-6, groups + 1)
    saliency = _saliency(grid, edges, classes)
    evidence = saliency * np.float32((classes - 1) / classes)
    sink = np.linspace(0.3, 0.7, classes, dtype=np.float32)
    mass = ((1 - sink) / _totals(np.abs(saliency)))[:, None, None, None]
    logits = np.array([0.3, 1.9, *([-0.4] * (classes - 2))])
    left = _UNATTRIBUTED * evidence
    return Explanation(
        card=make_card(CLASS_NAMES[:classes], tuple(float(edge) for edge in edges)),
        logits=logits.astype(np.float32),
        baseline=(logits - _totals(evidence) - _totals(left)).astype(np.float32),
        attention=(np.abs(saliency) * mass).astype(np.float32),
        evidence=evidence,
        saliency=saliency,
        sink=sink,
        absorbed=np.full_like(saliency[0], _UNATTRIBUTED / (1 + _UNATTRIBUTED)),
        contrasts=50 * saliency[1],
        anchors=50 * np.abs(saliency).max(axis=(1, 2)),
        edges_nm=np.stack([edges[:-1], edges[1:]], axis=1),
        met=np.ones((cube.rows, cube.cols), dtype=np.bool_),
        image_shape=(cube.rows, cube.cols),
        cost=Cost(1, 0, 0.95, "cpu", 300_000_000),
        suitability=Applicability(
            (Reason("tissue", "71 % of the image is plant tissue", 40.0, 16.0),), 0.71
        ),
    )


def foreign(state: State) -> State:
    """Return the state with an active document to which its model does not apply."""
    document = state.document
    assert document is not None and document.explanation is not None
    reason = Reason("tissue", "nothing in the image is plant", 0.0, 1.0, "does not apply")
    found = replace(document.explanation, suitability=Applicability((reason,), 0.0))
    return state.with_document(replace(document, explanation=found))


def _totals(volumes: FloatArray) -> DoubleArray:
    return np.asarray(volumes.sum(axis=(1, 2, 3), dtype=np.float64))


def _tissues(rows: int, cols: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shares of leaf, dark spot (upper left) and chlorosis (lower right) in each pixel."""
    row, col = np.mgrid[:rows, :cols].astype(np.float32)
    y, x = (row + 0.5) / rows, (col + 0.5) / cols
    leaf = _soft(1 - np.hypot((x - 0.5) / 0.46, (y - 0.5) / (0.42 * np.sqrt(1.05 - x * 0.7))))
    spot = _soft(1 - np.hypot((x - 0.33) / 0.08, (y - 0.38) / 0.12))
    chlorosis = _soft(1 - np.hypot((x - 0.66) / 0.12, (y - 0.6) / 0.16))
    return leaf, spot, chlorosis


def _veins(rows: int, cols: int) -> FloatArray:
    """Brightness of the blade: a bright midrib and side veins."""
    row, col = np.mgrid[:rows, :cols].astype(np.float32)
    off = np.abs((row + 0.5) / rows - 0.5)
    midrib = np.exp(-((off / 0.02) ** 2))
    side = np.exp(-((np.mod((col + 0.5) / cols + 0.6 * off, 0.14) - 0.07) ** 2) / 4e-5)
    return np.asarray(0.9 + 0.25 * midrib + 0.1 * side, dtype=np.float32)


def _soft(inside: FloatArray) -> FloatArray:
    return np.clip(inside * 8, 0, 1).astype(np.float32)


def _bump(axis: DoubleArray, center: float, sigma: float) -> DoubleArray:
    return np.asarray(np.exp(-0.5 * ((axis - center) / sigma) ** 2))


def _leaf_spectrum(axis: DoubleArray) -> DoubleArray:
    """Green peak, red edge, near-infrared plateau and the water bands of a leaf."""
    red_edge = 0.44 / (1 + np.exp(-(axis - 715) / 14))
    water = 0.05 * _bump(axis, 970, 30) + 0.3 * _bump(axis, 1450, 70) + 0.36 * _bump(axis, 1940, 90)
    slope = np.clip((axis - 1300) / 4500, 0, None)
    return np.asarray(0.04 + 0.09 * _bump(axis, 550, 32) + red_edge - water - slope)


def _saliency(grid: tuple[int, int], edges: DoubleArray, classes: int) -> FloatArray:
    centers = (edges[:-1] + edges[1:]) / 2
    span = edges[-1] - edges[0]
    leaf, spot, chlorosis = _tissues(*grid)
    first = _bump(centers, edges[0] + 0.45 * span, 0.09 * span)
    second = _bump(centers, edges[0] + 0.62 * span, 0.06 * span)
    base = spot[..., None] * first - 0.7 * chlorosis[..., None] * second
    base = base + 0.03 * leaf[..., None] * np.sin(centers / 40)
    noise = np.random.default_rng(2).normal(0, 0.01, (classes, *base.shape))
    signs = np.where(np.arange(classes) == 1, 1.0, -1 / (classes - 1))[:, None, None, None]
    noise -= noise.mean(axis=0)  # evidence less the other classes' mean sums to zero
    return np.asarray(0.02 * (signs * base[None] + noise), dtype=np.float32)


def make_card(classes: tuple[str, ...], edges_nm: tuple[float, ...]) -> ModelCard:
    return ModelCard(
        name="toy",
        version="1",
        backbone="none",
        classes=classes,
        group_edges_nm=edges_nm,
        training_data="made up",
        validated=False,
        warning="simulated training data, not validated",
        extra_parameters_percent=0.5,
        sha256="0" * 64,
        command="none",
    )


def even_illumination(bands: int) -> Illumination:
    """A lamp of 1000 counts in all bands, and no dark."""
    white, dark = (np.full((1, bands), value, dtype=np.float32) for value in (1000.0, 0.0))
    return Illumination(white, dark, dark, np.ones(bands), np.ones(bands))


class ImmediateRunner:
    """Does each task at once, in the caller's thread."""

    def submit(self, lane: str, task: Task[T]) -> None:
        """Run it; only errors that are meant for the user are told, others fail the test."""
        try:
            result = task.work(silent)
        except (Cancelled, FocusError) as error:
            task.failed(error)
        else:
            task.done(result)

    def cancel(self, lane: str) -> None:
        """There is never anything left to cancel."""

    def close(self) -> None:
        """There is never anything left to wait for."""


class HeldRunner:
    """Keeps the latest task of each lane until it is told to do it."""

    def __init__(self) -> None:
        self.held: dict[str, Task[Any]] = {}

    def submit(self, lane: str, task: Task[T]) -> None:
        """Keep it in place of the one before."""
        self.held[lane] = task

    def release(self, lane: str) -> None:
        """Do what the lane holds."""
        ImmediateRunner().submit(lane, self.held.pop(lane))

    def cancel(self, lane: str) -> None:
        """Tell the lane's task that it is not wanted."""
        task = self.held.pop(lane, None)
        if task is not None:
            task.failed(Cancelled())

    def close(self) -> None:
        """Cancel everything."""
        for lane in tuple(self.held):
            self.cancel(lane)


class FakeLabelFiles:
    """Tables by file name: labels by name of a cube; folders suggest none unless they are told."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, CubeLabels]] = {}
        self.suggested = SuggestedLabels()

    def is_table(self, path: Path) -> bool:
        """Whether it was told."""
        return path.name in self.tables

    def read(self, path: Path, cubes: Mapping[int, Cube], step: Step) -> LabelReading[int]:
        """Match by name."""
        rows, ids = self._rows(path), {cube.name: key for key, cube in cubes.items()}
        labels = {ids[name]: own for name, own in rows.items() if name in ids}
        lines = enumerate(rows, start=2)
        return LabelReading(labels, tuple((line, name) for line, name in lines if name not in ids))

    def cubes_of(self, path: Path) -> SuggestedLabels:
        """Files beside the table."""
        rows = {path.parent / name: own for name, own in self._rows(path).items()}
        return SuggestedLabels(rows, path.name)

    def _rows(self, path: Path) -> dict[str, CubeLabels]:
        if path.name not in self.tables:
            raise FocusError(f"{path.name} is no table: choose another")
        return self.tables[path.name]

    def suggest(self, folder: Path, paths: Sequence[Path]) -> SuggestedLabels:
        """Say what was told."""
        return self.suggested


class FakeStudyFiles:
    """Studies by path, and the reports that were written."""

    def __init__(self) -> None:
        self.known: dict[Path, Study] = {}
        self.reports: list[tuple[Study, StudyPlan, Path]] = []

    def is_study(self, path: Path) -> bool:
        """Whether it was told."""
        return path in self.known

    def read(self, path: Path, step: Step) -> Study:
        """Give what was told."""
        if path not in self.known:
            raise FocusError(f"{path.name} is no study: open another folder")
        return self.known[path]

    def write_report(
        self, study: Study, plan: StudyPlan, folder: Path, step: Step
    ) -> Sequence[Path]:
        """Keep what was to be written."""
        self.reports.append((study, plan, folder))
        return (folder / "study.html", folder / "study.pdf")


class FakeServices:
    """Reads the cubes that it was given, by file name, and explains any of them."""

    def __init__(self, cubes: dict[str, Cube] | None = None) -> None:
        self._cubes = cubes or {}
        self.written: dict[Path, Annotations | str] = {}
        self.exported: dict[Path, ExportRequest] = {}
        self.quick: set[str] = set()
        self.saved: dict[Path, ProjectReading] = {}
        self.kept: tuple[Project, Path | None] | None = None
        self.lost: list[RecoveredWork] = []
        self.questions: dict[str, NeedsChoice] = {}
        self.choices: dict[Path, ArrayChoice] = {}
        self.references: dict[str, FoundReferences] = {}
        self.cubes = self.regions = self.exports = self.preprocessing = self
        self.projects = self.explaining = self.models = self.libraries = self
        self.spectra: dict[str, SpectralLibrary] = {}
        self.studies = FakeStudyFiles()
        self.labels = FakeLabelFiles()
        self.cards: dict[str, ModelCard] = {"focus-leaf": make_card(CLASS_NAMES[:3], (400, 1000))}
        self.teaching = FakeTeaching(self.cards["focus-leaf"], self.cards)

    def find_cubes(self, path: Path) -> Sequence[Path]:
        """Find the path itself."""
        return [path]

    def read_cube(self, path: Path, choice: ArrayChoice | None = None) -> Cube:
        """Open the cube of that name; one that is asked about only with a choice that fits."""
        if path.name in self.questions:
            question = self.questions[path.name]
            if choice is None:
                raise question
            if choice.array not in [one.name for one in question.candidates]:
                raise FocusError(f"{path.name} has no array {choice.array}: choose another")
        if path.name not in self._cubes:
            raise FocusError(f"{path.name} is no cube: open another file")
        return self._cubes[path.name]

    def arrays_of(self, path: Path) -> NeedsChoice:
        """Give the question about this file."""
        if path.name not in self.questions:
            raise FocusError(f"{path.name} holds no arrays: open another file")
        return self.questions[path.name]

    def remember_choice(self, path: Path, choice: ArrayChoice) -> None:
        """Keep it."""
        self.choices[path] = choice

    def read_wavelength_list(self, path: Path) -> tuple[float, ...]:
        """Give three, or refuse a file of another suffix."""
        if path.suffix != ".csv":
            raise FocusError(f"{path.name} holds no numbers: choose another file")
        return (450.0, 550.0, 650.0)

    def read_annotations(self, path: Path, cube: Cube) -> Annotations:
        """Give one region, or refuse a file of another suffix."""
        if path.suffix != ".geojson":
            raise FocusError(f"{path.name} holds no regions: open another file")
        return Annotations().add(Rectangle((1, 1), (3, 3)), path.stem, "#ffffff")

    def write_annotations(self, path: Path, annotations: Annotations, cube: Cube) -> None:
        """Keep what was to be written."""
        self.written[path] = annotations

    def write_text(self, path: Path, text: str) -> None:
        """Keep what was to be written."""
        self.written[path] = text

    def fill_band_cache(self, cube: Cube, step: Step) -> None:
        """Take three steps for a cube that is called slow, or refuse one that is called huge."""
        if cube.name.startswith("huge"):
            raise FocusError(f"{cube.name} finds no room: make some")
        for part in range(3) if cube.name.startswith("slow") else ():
            step(part / 3, "keeping bands together")
        self.quick.add(cube.name)

    def reads_bands_slowly(self, cube: Cube) -> bool:
        """Say yes of a cube that is called slow, until its bands are kept."""
        return cube.name.startswith("slow") and cube.name not in self.quick

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """Give what was written there."""
        if path not in self.saved:
            raise FocusError(f"{path.name} is no project: open another file")
        return self.saved[path]

    def write_project(
        self, path: Path, project: Project, cubes: Mapping[Path, Cube], step: Step
    ) -> None:
        """Keep it."""
        self.saved[path] = ProjectReading(project)

    def fingerprint(self, cube: Cube, step: Step) -> str:
        """Its path stands for the content; a file named "lost" cannot be read."""
        if cube.name == "lost":
            raise FocusError("lost cannot be read: it was removed")
        return f"sha256:{cube.path}"

    def is_unchanged(self, kept: ProjectCube, cube: Cube, step: Step) -> bool:
        """Say yes: paths are all that there is of its cubes."""
        return True

    def autosave(self, project: Project, of: Path | None) -> None:
        """Keep it."""
        self.kept = (project, of)

    def drop_autosave(self, lost: RecoveredWork | None = None) -> None:
        """Forget it."""
        if lost is None:
            self.kept = None
        else:
            self.lost.remove(lost)

    def find_unsaved_work(self) -> Sequence[RecoveredWork]:
        """Give what was lost."""
        return tuple(self.lost)

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """Keep what was to be written, or refuse a name that begins with "refused"."""
        step(0.5, "writing")
        if path.name.startswith("refused"):
            raise FocusError(f"{path.name} cannot be written: choose another folder")
        self.exported[path] = request
        return (path,)

    def find_references(self, cube: Cube) -> FoundReferences:
        """Give those that were put beside a cube of this name."""
        return self.references.get(cube.name, FoundReferences())

    def preprocess(self, cube: Cube, preprocessing: Preprocessing, step: Step) -> Cube:
        """Treat it under a lamp of 1000 counts; a white reference called "gone" is refused."""
        step(0.5, "reading references")
        references = preprocessing.references
        if references is not None and references.white.stem == "gone":
            raise FocusError(f"{references.white} is not there: choose another file")
        return preprocessed(
            cube,
            preprocessing,
            ReferenceCalibration(even_illumination(as_read(cube).bands), ("by the lamp",)),
        )

    def read_spectrum(self, path: Path, cube: Cube) -> DoubleArray:
        """Give a flat one, or refuse a file of another suffix."""
        if path.suffix != ".csv":
            raise FocusError(f"{path.name} is no table: choose another file")
        return np.full(cube.bands, 4.0)

    def read_library(self, path: Path) -> SpectralLibrary:
        """Give what is known by this name."""
        if path.name not in self.spectra:
            raise FocusError(f"{path.name} is no library: choose another file")
        return self.spectra[path.name]

    def index_catalogue(self) -> Sequence[Index]:
        """Our own, and one more."""
        return (*INDICES, replace(INDICES[0], name="NDVI2", title="Another NDVI"))

    def explain(self, request: ExplainRequest, step: Step) -> Explanation:
        """Make an explanation."""
        step(0.5, "Forward pass")
        card = self.read_card(request.model)
        found = make_explanation(request.cube, classes=len(card.classes))
        edges_nm = found.card.group_edges_nm
        return replace(found, card=replace(card, group_edges_nm=edges_nm))

    def bundled(self) -> Sequence[str]:
        """Name the models that are no folders."""
        return tuple(place for place in self.cards if not Path(place).is_absolute())

    def model_at(self, path: Path) -> Path | None:
        """Give a folder whose card is known."""
        folder = path.parent if path.name == "card.json" else path
        return folder if str(folder) in self.cards else None

    def read_card(self, place: str) -> ModelCard:
        """Give the card of a known place."""
        if place not in self.cards:
            raise FocusError(f"{place} is no model: choose another")
        return self.cards[place]

    def test(self, request: TrustRequest) -> FakeTrialRun:
        """Make reports, a stage at a time."""
        return FakeTrialRun(request)

    def prepare(self, step: Step) -> None:
        """Nothing needs to be loaded."""
        step(1.0, "Ready")


def change_preprocessing(session: Session, tasks: PreprocessingTasks, **values: Any) -> None:
    """Apply other values to the preprocessing of the active document."""
    document = session.state.document
    assert document is not None
    tasks.apply(document.id, replace(preprocessing_of(document.cube), **values))
