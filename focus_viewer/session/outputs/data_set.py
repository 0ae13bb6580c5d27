"""Data set of a state: the cubes of its project, open or not, with their labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from focus_viewer.core.datasets.class_map import LabelledCube
from focus_viewer.core.datasets.data_set import DataSet, Sample
from focus_viewer.core.documents.labelled_cube import sample_of
from focus_viewer.session.outputs.project import project_cube
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.teaching import Counts, Marks, TeachingChoice
from focus_viewer.session.state.state import State


def data_set_of(state: State) -> DataSet:
    """Return the labelled cubes, in the order in which a project is saved.

    The samples are those that are read of the saved project, but for open cubes their path stands
    for the fingerprint, which is computed when it is needed. Cubes without a file are left out.
    """
    name = state.project.path.name if state.project.path else ""
    several = state.teaching.choice.several
    return DataSet(tuple(_samples(state)), name, several=several)


def chosen_data_set(state: State) -> DataSet:
    """Return the same without classes that are not to be taught."""
    data_set, unused = data_set_of(state), state.teaching.choice.unused
    if not unused.intersection(data_set.classes):
        return data_set
    return data_set.only(name for name in data_set.classes if name not in unused)


def _samples(state: State) -> Iterator[Sample]:
    for document in state.documents.items:
        path = document.cube.path
        if path is not None and (sample := _sample(document, f"path:{path}")).examples:
            yield sample
    for cube in state.project.absent:
        if (sample := sample_of(cube, cube.fingerprint)).examples:
            yield sample


def _sample(document: Document, fingerprint: str) -> Sample:
    return sample_of(project_cube(document), fingerprint)


def labelled_cubes(state: State) -> tuple[LabelledCube, ...]:
    """Return the open cubes with labels of classes that are to be taught."""
    unused = state.teaching.choice.unused
    found = []
    for document in state.documents.items:
        own = DataSet((_sample(document, f"document:{document.id}"),))
        kept = own.only(name for name in own.classes if name not in unused)
        found += [LabelledCube(document.cube, sample) for sample in kept.samples]
    return tuple(found)


def regions_of(state: State) -> object:
    """Return what labels are among: labels and regions of all cubes, compared at no cost."""
    return [
        (each.id, each.cube, each.labels, each.annotations.regions)
        for each in state.documents.items
    ]


def marks_of(state: State) -> Marks:
    """Return what the data set depends on: cubes with outlines and classes of their regions."""
    own = (_marks(document) for document in state.documents.items)
    return (*(marks for marks in own if marks), state.project.absent)


def _marks(document: Document) -> object:
    """Return what a cube adds to the data set; nothing of a cube without labels."""
    labelled = tuple(
        (region.outline, region.class_name) for region in document.annotations if region.class_name
    )
    if not labelled and not document.labels.classes:
        return None
    return document.id, document.cube, document.labels, labelled


def counts_of(data_set: DataSet) -> Counts:
    """Count the data of each class."""
    several = any(len(example.classes) > 1 for example in data_set.examples)
    return Counts(data_set.counts, data_set.columns, several)


def model_folder(choice: TeachingChoice, models: Path) -> Path:
    """Return the folder of the model to be taught."""
    return (choice.folder or models) / choice.name
