"""Item model of files to choose from, with their previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QPixmap

from focus_viewer.core.cubes.report import CubeReport
from focus_viewer.core.datasets.cube_labels import NO_LABELS, CubeLabels
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import NO_WAVELENGTHS, range_text, units_text
from focus_viewer.session.tasks.folder_preview import FilePreview

PATH_ROLE = Qt.ItemDataRole.UserRole
PREVIEW_ROLE = Qt.ItemDataRole.UserRole + 1
FILTER_ROLE = Qt.ItemDataRole.UserRole + 2
LABEL_ROLE = Qt.ItemDataRole.UserRole + 3

_Index = QModelIndex | QPersistentModelIndex


class FolderModel(QAbstractListModel):
    """Model with one row per file and its labels; previews are added later."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.paths = tuple(paths)
        self.previews: dict[Path, FilePreview] = {}
        self.labels: dict[Path, CubeLabels] = {}
        self._pictures: dict[Path, QPixmap] = {}
        self._several_folders = len({path.parent for path in paths}) > 1

    def rowCount(  # noqa: N802 - Qt's name
        self,
        parent: _Index = QModelIndex(),  # noqa: B008 - Qt's own default
    ) -> int:
        """Number of files."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return name, thumbnail, tooltip, path, preview, filter text or labels."""
        path = self.paths[index.row()]
        preview = self.previews.get(path)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{path.parent.name}/{path.name}" if self._several_folders else path.name
            case Qt.ItemDataRole.DecorationRole:
                return self._pictures.get(path)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join([str(path), *(_sentences(preview) if preview else [])])
            case _ if role == PATH_ROLE:
                return path
            case _ if role == PREVIEW_ROLE:
                return preview
            case _ if role == FILTER_ROLE:
                return f"{path.name} {summary(preview)} {self.labels_of(path).text}"
            case _ if role == LABEL_ROLE:
                return self.labels_of(path)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return the flags; files that cannot be opened cannot be selected."""
        preview = self.previews.get(self.paths[index.row()])
        enabled = Qt.ItemFlag.ItemIsEnabled
        return (
            enabled if preview and not preview.openable else enabled | Qt.ItemFlag.ItemIsSelectable
        )

    def labels_of(self, path: Path) -> CubeLabels:
        """Return the labels that a file gets when it is opened."""
        return self.labels.get(path, NO_LABELS)

    def label(self, labels: Mapping[Path, CubeLabels]) -> None:
        """Give files other labels."""
        self.labels.update(labels)
        for path in labels:
            index = self.index(self.paths.index(path))
            self.dataChanged.emit(index, index)

    def take(self, path: Path, preview: FilePreview) -> None:
        """Show the preview of a file."""
        self.previews[path] = preview
        if preview.picture is not None:
            self._pictures[path] = _pixmap(preview.picture)
        index = self.index(self.paths.index(path))
        self.dataChanged.emit(index, index)


def summary(preview: FilePreview | None) -> str:
    """Summarise a file in a line."""
    if preview is None:
        return ""
    report = preview.report
    if preview.asks:
        return "Several arrays: one must be chosen to open the file"
    if not report.ok:
        return "" if report.kind == "unknown" else report.kind.capitalize()
    size = " x ".join(map(str, report.shape or ()))
    kind = [] if report.kind == "cube" else [report.kind.capitalize()]
    return "   ".join([*kind, size, _nm_text(report), units_text(report.units)])


def _nm_text(report: CubeReport) -> str:
    return range_text(*report.wavelength_nm) if report.wavelength_nm else NO_WAVELENGTHS


def _sentences(preview: FilePreview) -> list[str]:
    report = preview.report
    return (
        [report.error]
        if report.error
        else [*report.contradictions, *report.assumed, *report.ignored]
    )


def _pixmap(picture: ByteArray) -> QPixmap:
    height, width, _ = picture.shape
    image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)  # copies, so that the bytes may be freed
