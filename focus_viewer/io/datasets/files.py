"""Reading of data sets, whatever their layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from focus_viewer.core.datasets.class_names import spelling_notes
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.progress import Step, silent
from focus_viewer.io.datasets import (
    beside,
    class_folders,
    deephs_fruit,
    hyperleaf,
    hyperview,
    project_file,
    table,
)
from focus_viewer.io.datasets.gathering import ReadingOptions


class Layout(NamedTuple):
    """Layout of data sets."""

    name: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path, ReadingOptions], DataSet]


LAYOUTS = (
    Layout("a project (NAME.focus.json)", project_file.recognises, project_file.read),
    Layout("HyperLeaf 2024 (train.csv)", hyperleaf.recognises, hyperleaf.read),
    Layout("HYPERVIEW (train_gt.csv)", hyperview.recognises, hyperview.read),
    Layout("DeepHS-Fruit v2 (annotations in JSON)", deephs_fruit.recognises, deephs_fruit.read),
    Layout("a table (CSV) with columns of files and classes", table.recognises, table.read),
    Layout("label files beside cubes (NAME_labels.tif)", beside.recognises, beside.read),
    Layout("folders whose names are classes", class_folders.recognises, class_folders.read),
)
"""In the order in which they are tried: the first that is recognised is taken."""


def read_data_set(
    source: Path | str,
    *,
    class_column: str | None = None,
    group_columns: Sequence[str] | None = None,
    step: Step = silent,
) -> DataSet:
    """Read a labelled data set; its layout is recognised by its content.

    Cubes are opened and their content is hashed; pixels are read of label rasters only. A cube or
    row that cannot be used is left out, with a note that names it.

    Parameters
    ----------
    source : Path or str
        A project, a folder, a table, an annotation file or a scene.
    class_column : str or None
        Column of the classes in a table; the task of a public data set, such as "fertilizer".
    group_columns : sequence of str or None
        Columns of a table that group cubes; None takes those of usual names.

    Raises
    ------
    DataSetError
        If there is no such layout, or nothing in it can be used.
    FocusError
        If a file that describes the data set cannot be read.
    """
    place = Path(source).absolute()
    if not place.exists():
        raise DataSetError(
            f"{place}: there is no such file or folder. Expected a data set: check its path."
        )
    groups = None if group_columns is None else tuple(group_columns)
    options = ReadingOptions(class_column, groups, step)
    for layout in LAYOUTS:
        if layout.recognises(place):
            found = layout.read(place, options)
            return replace(found, notes=(*found.notes, *spelling_notes(found.classes)))
    names = "; ".join(layout.name for layout in LAYOUTS)
    raise DataSetError(
        f"{place} has no known layout of a data set: expected {names}. See docs/data-sets.md, and "
        "put labels beside the cubes, in a table or in the names of folders."
    )
