"""Dialog to choose images in a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSortFilterProxyModel, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.datasets.cube_labels import NO_LABELS, class_names
from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.session.session import Session
from focus_viewer.session.state.labels import known_classes
from focus_viewer.session.state.slices.requests import FileChoice
from focus_viewer.session.tasks.folder_preview import FilePreview
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.labels.class_box import ClassBox
from focus_viewer.ui.opening.folder_model import FILTER_ROLE, PATH_ROLE, PREVIEW_ROLE, FolderModel
from focus_viewer.ui.opening.folder_rows import FolderRows
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label, text_field
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX = (760, 640)


class FolderDialog(QDialog):
    """Dialog that lists files with thumbnails and opens the chosen ones."""

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        choice: FileChoice,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._workbench = workbench
        self._loading: Path | None = None
        self._closed = False
        self.setWindowTitle("Open from a folder")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit(self, *_SIZE_PX)
        self.model = FolderModel(choice.paths)
        self._suggested = choice.suggested
        self.filtered = QSortFilterProxyModel(self)
        self.filtered.setSourceModel(self.model)
        self.filtered.setFilterRole(FILTER_ROLE)
        self.filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.folders = label("\n".join(map(str, choice.folders)), "muted")
        self.filter = text_field("Filter by name, size or units")
        self.list = _list(self.filtered, self)
        known = {name for own in choice.suggested.labels.values() for name in own.classes}
        known |= set(known_classes(session.state))
        self.suggested = QCheckBox(f"Label them by {choice.suggested.source}")
        self.suggested.setVisible(bool(choice.suggested.labels))
        self.class_name = label("", "muted")
        self.classes = ClassBox(in_natural_order(known))
        self.empty = label("No file matches the filter.", "muted")
        self.count = label("", "muted")
        self.cancel = button("Cancel", "secondary")
        self.open_button = button("Open", "primary")
        self._lay_out()
        letter_controls(self)
        self._connect()
        self.suggested.setChecked(bool(choice.suggested.labels))
        self._follow()
        self.filter.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(label("Choose the images to open", "subheading"))
        column.addWidget(self.folders)
        column.addWidget(self.filter)
        column.addWidget(self.suggested)
        column.addWidget(self.list, 1)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.empty, 1)
        labels = QHBoxLayout()
        labels.addWidget(self.class_name)
        labels.addWidget(self.classes, 1)
        column.addLayout(labels)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.open_button)
        column.addLayout(row)
        for push_button in (self.cancel, self.open_button):
            push_button.setAutoDefault(False)  # the dialog alone handles Enter

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.suggested.toggled.connect(self._label_as_suggested)
        self.classes.edited.connect(self._label_chosen)
        self.list.selectionModel().selectionChanged.connect(self._follow)
        self.list.doubleClicked.connect(self._open_index)
        self.list.verticalScrollBar().valueChanged.connect(self._load_next)
        self.list.viewport().installEventFilter(self)
        self.cancel.clicked.connect(self.reject)
        self.open_button.clicked.connect(self._open_chosen)

    @property
    def chosen(self) -> list[Path]:
        """Selected files that can be opened, in the order of the list."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        indexes = [self.filtered.index(row, 0) for row in rows]
        return [index.data(PATH_ROLE) for index in indexes if _openable(index)]

    # Previews of visible rows

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Load previews of rows that become visible when the list is resized."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            QTimer.singleShot(0, self, self._load_next)  # after the rows are laid out
        return super().eventFilter(watched, event)

    def _visible_rows(self) -> range:
        """Return the rows that are at least partly visible."""
        rows = self.filtered.rowCount()
        height = self.list.viewport().height()
        first = self.list.indexAt(QPoint(1, 1)).row()
        last = self.list.indexAt(QPoint(1, height - 1)).row()
        return range(max(first, 0), rows if last < 0 else last + 1)

    def _load_next(self) -> None:
        """Load the preview of the first visible file without one, then continue."""
        if self._loading is not None or self._closed or not self.isVisible():
            return
        paths = [self.filtered.index(row, 0).data(PATH_ROLE) for row in self._visible_rows()]
        path = next((path for path in paths if path not in self.model.previews), None)
        if path is not None:
            self._loading = path
            self._workbench.folder_preview.load(path, lambda preview: self._take(path, preview))

    def _take(self, path: Path, preview: FilePreview) -> None:
        if self._closed:
            return
        self._loading = None
        self.model.take(path, preview)
        self._follow()
        QTimer.singleShot(0, self, self._load_next)

    # Choosing

    def _filter(self, text: str) -> None:
        self.filtered.setFilterFixedString(text.strip())
        self._follow()
        QTimer.singleShot(0, self, self._load_next)

    def _follow(self) -> None:
        shown, total = self.filtered.rowCount(), len(self.model.paths)
        self.list.setVisible(shown > 0)
        self.empty.setVisible(shown == 0)
        chosen = self.chosen
        number = len(chosen)
        self.open_button.setEnabled(number > 0)
        self.open_button.setText(f"Open {number}" if number > 1 else "Open")
        self._show_class(chosen)
        self.count.setText(
            counted(total, "image") if shown == total else f"{shown} of {counted(total, 'image')}"
        )

    # Labels

    def _label_as_suggested(self, on: bool) -> None:
        labels = self._suggested.labels
        self.model.label({path: labels[path] if on else NO_LABELS for path in labels})
        self._follow()

    def _label_chosen(self, text: str) -> None:
        """Give the chosen files other classes; their groups stay."""
        classes = class_names(text)
        own = {path: self.model.labels_of(path) for path in self.chosen}
        self.model.label({path: replace(labels, classes=classes) for path, labels in own.items()})

    def _show_class(self, chosen: list[Path]) -> None:
        names = chosen[0].name if len(chosen) == 1 else f"the {len(chosen)} chosen"
        self.class_name.setText(f"Class of {names}" if chosen else "Choose files to label them")
        self.classes.setEnabled(bool(chosen))
        self.classes.show_texts({self.model.labels_of(path).text for path in chosen})

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle Enter (open) and Down (move from the filter to the list)."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_chosen()
        elif event.key() == Qt.Key.Key_Down and self.filter.hasFocus():
            self.list.setFocus()
            self.list.setCurrentIndex(self.filtered.index(0, 0))
        else:
            super().keyPressEvent(event)

    def _open_index(self, index: QModelIndex) -> None:
        if _openable(index):
            self._open([index.data(PATH_ROLE)])

    def _open_chosen(self) -> None:
        if self.chosen:
            self._open(self.chosen)

    def _open(self, paths: list[Path]) -> None:
        self.accept()
        self._workbench.open(paths, {path: self.model.labels_of(path) for path in paths})

    def done(self, result: int) -> None:
        """Close and stop loading previews."""
        self._closed = True
        self._workbench.folder_preview.stop()
        self._session.requests.offer_files(None)
        super().done(result)


def _openable(index: QModelIndex) -> bool:
    preview: FilePreview | None = index.data(PREVIEW_ROLE)
    return preview is None or preview.openable


def _list(model: QSortFilterProxyModel, parent: QWidget) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setItemDelegate(FolderRows(parent))
    view.setUniformItemSizes(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setFrameShape(QFrame.Shape.NoFrame)
    return view
