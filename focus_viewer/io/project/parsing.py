"""Project parsed from the content of its file, without the arrays of its results."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectLibrary
from focus_viewer.core.masks.rules import (
    Inverse,
    MaskRecipe,
    MaskStep,
    Rule,
    Unsaturated,
    WithData,
    WithinLimits,
    WithinOutline,
)
from focus_viewer.core.preprocessing.settings import (
    NO_PREPROCESSING,
    FlatField,
    Preprocessing,
    ReferenceFingerprints,
    WhiteAndDark,
)
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.region_decision import RegionDecision
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.storage import from_json
from focus_viewer.io.identity.relative_paths import resolved_model, resolved_path
from focus_viewer.io.project.schema import (
    BROKEN,
    AnnotationsEntry,
    CubeEntry,
    MaskEntry,
    PreprocessingEntry,
    ProjectEntry,
    ReferencesEntry,
    RuleEntry,
    check_version,
    parsed,
)
from focus_viewer.io.project.serialising import Results


@dataclass(frozen=True, eq=False)
class ProjectDocument:
    """Content of a project file.

    Attributes
    ----------
    project : Project
        Without results.
    results : mapping of int to str
        File of the result of the cube at each place that has one.
    autosave_of : str or None
        In work kept against a crash: the project that it belongs to, "" for none.
    """

    project: Project
    results: Results
    autosave_of: str | None


def parse_document(content: bytes, folder: Path) -> ProjectDocument:
    """Parse the content of a project file.

    Parameters
    ----------
    folder : Path
        Where the file is.

    Raises
    ------
    Unreadable
        If it is not a project, broken, or of a later version.
    """
    text = _text(content)
    check_version(_values(text))
    entry = parsed(ProjectEntry, text)
    cubes = tuple(_cube(cube, folder) for cube in entry.cubes)
    results = {index: cube.result for index, cube in enumerate(entry.cubes) if cube.result}
    libraries = tuple(
        ProjectLibrary(_path(each.path, folder, "library"), each.sha256, each.drawn)
        for each in entry.libraries
    )
    model = resolved_model(entry.model, folder)
    project = Project(cubes, model, entry.view, entry.figure, libraries)
    return ProjectDocument(project, results, entry.autosave_of)


def _text(content: bytes) -> str:
    if not content.strip():
        raise Unreadable("it is empty", BROKEN)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start} is not text in UTF-8", BROKEN) from error


def _values(text: str) -> object:
    try:
        return from_json(text)
    except Unreadable as error:
        raise Unreadable(error.problem, BROKEN) from error


def _cube(entry: CubeEntry, folder: Path) -> ProjectCube:
    return ProjectCube(
        path=_path(entry.path, folder),
        fingerprint=entry.fingerprint,
        shape=entry.shape,
        annotations=_annotations(entry.annotations),
        decisions=_decisions(entry),
        pins=entry.pins,
        class_name=entry.class_name,
        against=entry.against,
        extent=entry.extent,
        preprocessing=_treatment(entry.treatment, folder),
        reference_fingerprints=_fingerprints(entry.treatment),
        choice=entry.choice,
        labels=CubeLabels(entry.labels.classes, entry.labels.groups),
        stretch=entry.stretch,
        mask=_mask(entry.mask),
    )


def _treatment(entry: PreprocessingEntry | None, folder: Path) -> Preprocessing:
    if entry is None:
        return NO_PREPROCESSING
    references, flat = entry.references, entry.flat_field
    return Preprocessing(
        sensor=entry.sensor,
        bad_ranges=entry.bad_ranges,
        references=None if references is None else _references(references, folder),
        flat_field=None if flat is None else FlatField(flat.spectrum, flat.text),
        smoothing=entry.smoothing,
        bin_bands=entry.bin_bands,
    )


def _references(entry: ReferencesEntry, folder: Path) -> WhiteAndDark:
    dark, white_dark, panel_file = (
        None if stored is None else _path(stored, folder)
        for stored in (entry.dark, entry.white_dark, entry.panel_file)
    )
    white = _path(entry.white, folder)
    return WhiteAndDark(white, dark, white_dark, entry.panel, panel_file, entry.average)


def _fingerprints(entry: PreprocessingEntry | None) -> ReferenceFingerprints:
    """Return the fingerprints of references; empty in projects that were saved without them."""
    if entry is None or entry.references is None or entry.references.fingerprints is None:
        return ReferenceFingerprints()
    return entry.references.fingerprints


def _path(stored: str, folder: Path, what: str = "cube") -> Path:
    path = resolved_path(stored, folder)
    if "\0" in str(path):
        raise Unreadable(f"expected a path of a {what}, found {shown(stored)}", BROKEN)
    return path


def _decisions(entry: CubeEntry) -> dict[Shape, RegionDecision]:
    outlines = {region.id: region.outline for region in entry.annotations.regions}
    return {
        outlines[each.region]: RegionDecision(
            each.class_name,
            math.nan if each.probability is None else each.probability,
            each.verdict,
            each.why,
            math.nan if each.doubt is None else each.doubt,
            math.nan if each.peak_nm is None else each.peak_nm,
        )
        for each in entry.decisions
        if each.region in outlines
    }


def _mask(entry: MaskEntry) -> MaskRecipe:
    return MaskRecipe(tuple(MaskStep(_rule(each), each.how) for each in entry.steps), entry.used)


def _rule(entry: RuleEntry) -> Rule:
    match entry.kind:
        case "limits":
            return WithinLimits(entry.recipe, entry.low, entry.high)
        case "outline":
            return WithinOutline(entry.outline, entry.name, entry.image_shape)
        case "unsaturated":
            return Unsaturated(entry.level)
        case "data":
            return WithData()
        case "inverse":
            return Inverse()


def _annotations(entry: AnnotationsEntry) -> Annotations:
    regions = tuple(Annotation(**dict(region)) for region in entry.regions)
    return Annotations(regions, entry.next_id)
