"""Choose among the files of a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.session.session import Session
from focus_viewer.session.state.requests import FileChoice
from focus_viewer.session.tasks.folder_preview import Look
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.opening.folder_model import FILTER_ROLE, LOOK_ROLE, PATH_ROLE, FolderModel
from focus_viewer.ui.opening.folder_rows import FolderRows
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, label

_SIZE_PX = (760, 640)


class FolderDialog(QDialog):
    """Lists files with thumbnails and opens those that are chosen.

    Parameters
    ----------
    session : Session
    workbench : Workbench
    offer : Offer
    """

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        offer: FileChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self._looking: Path | None = None
        self._closed = False
        self.setWindowTitle("Open from a folder")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE_PX)
        self.model = FolderModel(offer.paths)
        self.filtered = QSortFilterProxyModel(self)
        self.filtered.setSourceModel(self.model)
        self.filtered.setFilterRole(FILTER_ROLE)
        self.filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.place = label("\n".join(map(str, offer.folders)), "muted")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name, size or units")
        self.filter.setClearButtonEnabled(True)
        self.list = _list(self.filtered, self)
        self.empty = label("No file fits the filter.", "muted")
        self.count = label("", "muted")
        self.cancel = button("Cancel", "secondary")
        self.open_them = button("Open", "primary")
        self._lay_out()
        self._connect()
        self._follow()
        self.filter.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(label("Which images are to be opened?", "subheading"))
        column.addWidget(self.place)
        column.addWidget(self.filter)
        column.addWidget(self.list, 1)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.empty, 1)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.open_them)
        column.addLayout(row)
        for one in (self.cancel, self.open_them):
            one.setAutoDefault(False)  # Enter is answered once, by the dialog

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.list.selectionModel().selectionChanged.connect(self._follow)
        self.list.doubleClicked.connect(self._open_one)
        self.list.verticalScrollBar().valueChanged.connect(self._look_next)
        self.list.viewport().installEventFilter(self)
        self.cancel.clicked.connect(self.reject)
        self.open_them.clicked.connect(self._open_chosen)

    @property
    def chosen(self) -> list[Path]:
        """Files that are selected and can be opened, as they are listed."""
        rows = sorted(place.row() for place in self.list.selectionModel().selectedIndexes())
        places = [self.filtered.index(row, 0) for row in rows]
        return [place.data(PATH_ROLE) for place in places if _openable(place)]

    # Looking at what is in sight

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Look at rows that come into sight as the list grows."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._look_next)  # after the rows have their places
        return super().eventFilter(watched, event)

    def _in_sight(self) -> range:
        """Rows that are shown at least in part."""
        rows = self.filtered.rowCount()
        height = self.list.viewport().height()
        first = self.list.indexAt(QPoint(1, 1)).row()
        last = self.list.indexAt(QPoint(1, height - 1)).row()
        return range(max(first, 0), rows if last < 0 else last + 1)

    def _look_next(self) -> None:
        """Look at the first file in sight that was not looked at, then at the next."""
        if self._looking is not None or self._closed or not self.isVisible():
            return
        paths = [self.filtered.index(row, 0).data(PATH_ROLE) for row in self._in_sight()]
        path = next((one for one in paths if one not in self.model.looks), None)
        if path is not None:
            self._looking = path
            self._workbench.folder_preview.look(path, lambda look: self._take(path, look))

    def _take(self, path: Path, look: Look) -> None:
        if self._closed:
            return
        self._looking = None
        self.model.take(path, look)
        self._follow()
        QTimer.singleShot(0, self, self._look_next)

    # ArrayQuestions

    def _filter(self, text: str) -> None:
        self.filtered.setFilterFixedString(text.strip())
        self._follow()
        QTimer.singleShot(0, self, self._look_next)

    def _follow(self) -> None:
        shown, all_of_them = self.filtered.rowCount(), len(self.model.paths)
        self.list.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        number = len(self.chosen)
        self.open_them.setEnabled(number > 0)
        self.open_them.setText(f"Open {number}" if number > 1 else "Open")
        told = (
            f"{all_of_them} images" if shown == all_of_them else f"{shown} of {all_of_them} images"
        )
        self.count.setText(told)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open with Enter; go from the filter into the list with the arrow."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_chosen()
        elif event.key() == Qt.Key.Key_Down and self.filter.hasFocus():
            self.list.setFocus()
            self.list.setCurrentIndex(self.filtered.index(0, 0))
        else:
            super().keyPressEvent(event)

    def _open_one(self, place: QModelIndex) -> None:
        if _openable(place):
            self._open([place.data(PATH_ROLE)])

    def _open_chosen(self) -> None:
        if self.chosen:
            self._open(self.chosen)

    def _open(self, paths: list[Path]) -> None:
        self.accept()
        self._workbench.open(paths)

    def done(self, result: int) -> None:
        """Close, and look at files no more."""
        self._closed = True
        self._workbench.folder_preview.stop()
        self._session.requests.offer_files(None)
        super().done(result)


def _openable(place: QModelIndex) -> bool:
    look: Look | None = place.data(LOOK_ROLE)
    return look is None or look.openable


def _list(model: QSortFilterProxyModel, parent: QWidget) -> QListView:
    made = QListView()
    made.setModel(model)
    made.setItemDelegate(FolderRows(parent))
    made.setUniformItemSizes(True)
    made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFrameShape(QFrame.Shape.NoFrame)
    return made
