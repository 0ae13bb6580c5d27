"""Welcome page, shown before the first cube is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.documents.samples import BundledSample
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.widgets.labels import button, label

_MAX_LINKS = 4
_OF_THE_BUTTON = "leaf"
_LEAST_PX, _WIDE_PX, _LARGE_PX = 660, 1000, 2400  # of the card, and of a window for a wide one
_FORMATS = "ENVI, GeoTIFF, HDF5, netCDF, MATLAB, NumPy, Zarr, or a folder of them"
_STEPS = (
    ("Open a cube", "Drop a file or a folder here. The file is never modified."),
    ("Wait a moment", "The picture comes at once; the model explains it in the background."),
    (
        "Click a wavelength",
        "The map and the 3D plane show where the evidence is at that band.",
    ),
)


class Welcome(QWidget):
    """Page with a drop zone, buttons, first steps and links to recent files."""

    def __init__(
        self,
        open_sample: QAction,
        open_files: QAction,
        recent: RecentFiles,
        open_paths: Callable[[list[Path]], None],
        samples: Sequence[BundledSample] = (),
    ) -> None:
        super().__init__()
        self._recent, self._listed = recent, list[Path]()
        recent.cleared.connect(self._list_recent)
        self._open_paths = open_paths
        self._zone = QFrame()
        self._zone.setObjectName("dropzone")
        self._zone.setFixedWidth(_LEAST_PX)
        inner = QVBoxLayout(self._zone)
        inner.setContentsMargins(48, 40, 48, 40)
        inner.setSpacing(14)
        heading = label("Drop a hyperspectral cube here", "heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(heading)
        caption = label(_FORMATS, "muted")
        caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inner.addWidget(caption)
        inner.addSpacing(8)
        inner.addLayout(_buttons(open_sample, open_files))
        inner.addSpacing(18)
        inner.addLayout(_steps())
        more = [sample for sample in samples if sample.name != _OF_THE_BUTTON]
        if more:
            inner.addLayout(self._sample_row(more))
        self._links = QVBoxLayout()
        self._links.setSpacing(0)
        inner.addLayout(self._links)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        # Not by alignment, with which a layout gives wrapped text too few lines.
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self._zone)
        middle.addStretch()
        outer.addLayout(middle)
        outer.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Enlarge the card and its texts on a large screen."""
        super().resizeEvent(event)
        large = event.size().width() >= _LARGE_PX
        if large != self._zone.property("large"):
            self._zone.setProperty("large", large)
            self._zone.setFixedWidth(_WIDE_PX if large else _LEAST_PX)
            for part in (self._zone, *self._zone.findChildren(QWidget)):
                part.style().polish(part)  # the style sheet looks at properties only then

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """List the recent files."""
        super().showEvent(event)
        self._list_recent()

    def _list_recent(self) -> None:
        paths = self._recent.paths()[:_MAX_LINKS]
        if paths == self._listed:
            return
        self._listed = paths
        while (item := self._links.takeAt(0)) is not None and (old := item.widget()) is not None:
            old.deleteLater()
        if paths:
            self._links.addWidget(label("Recent files", "muted"))
        for path in paths:
            link = self._link(path.name, str(path), [path])
            self._links.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _sample_row(self, samples: Sequence[BundledSample]) -> QHBoxLayout:
        """Build the row of links to the bundled samples."""
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(label("More samples", "muted"))
        for sample in samples:
            row.addWidget(self._link(sample.title, sample.about, sample.shown))
        row.addStretch()
        return row

    def _link(self, text: str, tip: str, paths: list[Path]) -> QPushButton:
        link = button(text, "link")
        link.setToolTip(tip)
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(lambda: self._open_paths(paths))
        return link

    def highlight(self, hot: bool) -> None:
        """Highlight the drop zone while files are dragged over the window."""
        self._zone.setProperty("hot", hot)
        self._zone.style().polish(self._zone)


def _buttons(open_sample: QAction, open_files: QAction) -> QHBoxLayout:
    sample = button("Open the sample leaf", "primary")
    sample.clicked.connect(open_sample.trigger)
    files = button("Choose a file...", "secondary")
    files.clicked.connect(open_files.trigger)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(sample)
    row.addWidget(files)
    row.addStretch()
    return row


def _steps() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    grid.setColumnStretch(1, 1)
    for number, (title, text) in enumerate(_STEPS):
        grid.addWidget(label(str(number + 1), "stepnumber"), number, 0)
        grid.addWidget(label(f"<b>{title}</b><br>{text}", wrapped=True), number, 1)
    return grid
