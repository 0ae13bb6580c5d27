"""Item model of files to choose from, with their previews."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QPixmap

from focus_viewer.core.cubes.report import CubeReport
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import NO_WAVELENGTHS, range_text, units_text
from focus_viewer.session.tasks.folder_preview import Look

PATH_ROLE = Qt.ItemDataRole.UserRole
LOOK_ROLE = Qt.ItemDataRole.UserRole + 1
FILTER_ROLE = Qt.ItemDataRole.UserRole + 2

_Index = QModelIndex | QPersistentModelIndex


class FolderModel(QAbstractListModel):
    """Model with one row per file; previews are added later."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        self.paths = tuple(paths)
        self.looks: dict[Path, Look] = {}
        self._pictures: dict[Path, QPixmap] = {}
        self._several_folders = len({path.parent for path in paths}) > 1

    def rowCount(  # noqa: N802 - Qt's name
        self,
        parent: _Index = QModelIndex(),  # noqa: B008 - Qt's own default
    ) -> int:
        """Number of files."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return name, thumbnail, tooltip, path, preview or filter text."""
        path = self.paths[index.row()]
        look = self.looks.get(path)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{path.parent.name}/{path.name}" if self._several_folders else path.name
            case Qt.ItemDataRole.DecorationRole:
                return self._pictures.get(path)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join([str(path), *(_sentences(look) if look else [])])
            case _ if role == PATH_ROLE:
                return path
            case _ if role == LOOK_ROLE:
                return look
            case _ if role == FILTER_ROLE:
                return f"{path.name} {summary(look)}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return the flags; files that cannot be opened cannot be selected."""
        look = self.looks.get(self.paths[index.row()])
        enabled = Qt.ItemFlag.ItemIsEnabled
        return enabled if look and not look.openable else enabled | Qt.ItemFlag.ItemIsSelectable

    def take(self, path: Path, look: Look) -> None:
        """Show the preview of a file."""
        self.looks[path] = look
        if look.picture is not None:
            self._pictures[path] = _pixmap(look.picture)
        index = self.index(self.paths.index(path))
        self.dataChanged.emit(index, index)


def summary(look: Look | None) -> str:
    """Summarise a file in a line."""
    if look is None:
        return ""
    report = look.report
    if look.asks:
        return "Several arrays: one must be chosen to open the file"
    if not report.ok:
        return "" if report.kind == "unknown" else report.kind.capitalize()
    size = " x ".join(map(str, report.shape or ()))
    kind = [] if report.kind == "cube" else [report.kind.capitalize()]
    return "   ".join([*kind, size, _nm_text(report), units_text(report.units)])


def _nm_text(report: CubeReport) -> str:
    return range_text(*report.wavelength_nm) if report.wavelength_nm else NO_WAVELENGTHS


def _sentences(look: Look) -> list[str]:
    report = look.report
    return [report.error] if report.error else [*report.assumed, *report.ignored]


def _pixmap(picture: ByteArray) -> QPixmap:
    height, width, _ = picture.shape
    image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)  # copies, so that the bytes may be freed
