"""Drag and drop of files onto the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

Hot = Callable[[bool], None]


def dropped_paths(data: QMimeData) -> list[Path]:
    """Return the local files and folders in a drop; of header and data file only the header.

    Of a shapefile only the file with the geometries counts.
    """
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    headers = [path for path in paths if path.suffix.lower() == ".hdr"]
    data_files = {header.with_suffix("") for header in headers}
    shapefiles = {path.with_suffix("") for path in paths if path.suffix.lower() == ".shp"}
    paths = [path for path in paths if not _is_beside(path, shapefiles)]
    return [
        path
        for path in paths
        if path in headers or (path not in data_files and path.with_suffix("") not in data_files)
    ]


def _is_beside(path: Path, shapefiles: set[Path]) -> bool:
    return path.suffix.lower() != ".shp" and path.with_suffix("") in shapefiles


class DropFilter(QObject):
    """Event filter that opens files dropped on a widget or its children.

    `hot` takes True when files are dragged over the widget, False afterwards.
    """

    def __init__(self, target: QWidget, open_paths: Callable[[list[Path]], None], hot: Hot) -> None:
        super().__init__(target)
        self._open_paths = open_paths
        self._hot = hot
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Accept drags that carry local files."""
        if isinstance(event, QDragEnterEvent) and dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._hot(True)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._hot(False)
        if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._hot(False)
            event.acceptProposedAction()
            self._open_paths(dropped_paths(event.mimeData()))
            return True
        return False
