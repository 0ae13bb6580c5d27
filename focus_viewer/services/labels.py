"""Adapter of `focus_viewer.session.tasks.service_protocols.LabelFiles`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.cube_labels import LabelReading, SuggestedLabels
from focus_viewer.core.progress import Step


class BundledLabelFiles:
    """Tables of labels, read by `focus_viewer.io.datasets`."""

    def is_table(self, path: Path) -> bool:
        """See `LabelFiles.is_table`."""
        from focus_viewer.io.cube_labels.table_labels import is_label_table

        return is_label_table(path)

    def read(self, path: Path, cubes: Mapping[int, Cube], step: Step) -> LabelReading[int]:
        """See `LabelFiles.read`."""
        from focus_viewer.io.cube_labels.table_labels import read_table_labels

        return read_table_labels(path, cubes, step)

    def cubes_of(self, path: Path) -> SuggestedLabels:
        """See `LabelFiles.cubes_of`."""
        from focus_viewer.io.cube_labels.table_labels import table_cubes

        return table_cubes(path)

    def suggest(self, folder: Path, paths: Sequence[Path]) -> SuggestedLabels:
        """See `LabelFiles.suggest`."""
        from focus_viewer.io.cube_labels.table_labels import suggested_from_tables
        from focus_viewer.io.datasets.class_folders import suggested_from_folders

        found = suggested_from_tables(folder, paths)
        return found if found.labels else suggested_from_folders(folder, paths)
