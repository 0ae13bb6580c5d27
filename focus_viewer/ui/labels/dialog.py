"""Dialog for the labels of the open cubes."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QInputDialog,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.datasets.cube_labels import CubeLabels, class_names
from focus_viewer.session.session import Session
from focus_viewer.session.state.labels import group_columns, known_classes
from focus_viewer.session.state.state import State
from focus_viewer.ui.labels.class_box import ClassBox
from focus_viewer.ui.labels.table_model import CLASS, LabelRow, LabelTableModel
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SIZE_PX = (720, 520)
_CUBE_PX, _CLASS_PX = 260, 180
_USUAL_GROUPS = ("plant", "plot", "day", "treatment", "camera")
_ABOUT = (
    "A label counts for the whole cube, unless its regions have classes. Groups, such as the "
    "plant, are never divided between teaching and testing."
)


class LabelDialog(QDialog):
    """Dialog with a table of the open cubes; those selected are labelled together."""

    def __init__(
        self, session: Session, document_id: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        state = session.state
        self.setWindowTitle("Labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit(self, *_SIZE_PX)
        groups = group_columns(state) or _USUAL_GROUPS[:1]
        self.model = LabelTableModel(_rows(state), groups, lambda: self.selected)
        self.table = _table(self.model)
        self.classes = ClassBox(known_classes(state))
        self.field_name = label("")
        self.add_group = QPushButton("Add a group")
        self.cancel = button("Cancel", "secondary")
        self.apply = button("Label", "primary")
        self._lay_out()
        letter_controls(self)
        self._connect()
        self._select(state.documents.active if document_id is None else document_id)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(label("Labels of the open cubes", "subheading"))
        column.addWidget(label(_ABOUT, "muted", wrapped=True))
        column.addWidget(self.table, 1)
        field = QHBoxLayout()
        self.classes.setAccessibleName("Class of the selected cubes")
        field.addWidget(self.field_name)
        field.addWidget(self.classes, 1)
        column.addLayout(field)
        row = QHBoxLayout()
        row.addWidget(self.add_group)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        column.addLayout(row)
        self.add_group.setMenu(self._group_menu())
        for push_button in (self.add_group, self.cancel):
            push_button.setAutoDefault(False)
        self.apply.setDefault(True)
        self.classes.setFocus()

    def _group_menu(self) -> QMenu:
        menu = QMenu(self)
        for name in _USUAL_GROUPS:
            menu.addAction(name).triggered.connect(lambda _=False, n=name: self._add_group(n))
        menu.addSeparator()
        menu.addAction("Another...").triggered.connect(self._ask_group)
        return menu

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._follow)
        self.model.dataChanged.connect(self._follow)
        self.classes.edited.connect(lambda text: self.model.set_cells(self.selected, CLASS, text))
        self.cancel.clicked.connect(self.reject)
        self.apply.clicked.connect(self.accept)

    @property
    def selected(self) -> list[int]:
        """Selected rows."""
        return sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})

    def _select(self, document_id: int | None) -> None:
        ids = [row.document_id for row in self.model.rows]
        row = ids.index(document_id) if document_id in ids else 0
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(
            self.model.index(row, CLASS), flags.ClearAndSelect | flags.Rows
        )
        QTimer.singleShot(0, self.classes.field, self.classes.field.selectAll)

    def _follow(self) -> None:
        rows = self.selected
        count = f"{len(rows)} selected cubes" if len(rows) != 1 else self.model.rows[rows[0]].name
        self.field_name.setText(f"Class of {count}" if rows else "Select cubes to label")
        self.classes.setEnabled(bool(rows))
        typed = self.classes.currentText()
        texts = {self.model.text(row, CLASS) for row in rows}
        # What is being typed, such as a semicolon at the end, stays as it is.
        if texts != {CubeLabels(class_names(typed)).text} or not typed:
            self.classes.show_texts(texts)

    def _ask_group(self) -> None:
        name, accepted = QInputDialog.getText(self, "Add a group", "What belongs together:")
        if accepted and name.strip():
            self._add_group(name.strip())

    def _add_group(self, name: str) -> None:
        """Show a column, and begin to fill it in."""
        column = self.model.add_group(name)
        row = (self.selected or [0])[0]
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(self.model.index(row, column), flags.NoUpdate)
        self.table.setFocus()
        self.table.edit(self.model.index(row, column))

    def accept(self) -> None:
        """Label the cubes as one change."""
        before = {row.document_id: row.labels for row in _rows(self._session.state)}
        labels = {row.document_id: row.labels for row in self.model.rows}
        self._session.documents.label_all(
            {key: own for key, own in labels.items() if own != before.get(key)}
        )
        super().accept()


def _rows(state: State) -> list[LabelRow]:
    return [
        LabelRow(
            document.id,
            document.cube.name,
            str(document.cube.path or document.cube.name),
            document.labels,
        )
        for document in state.documents.items
    ]


def _table(model: LabelTableModel) -> QTableView:
    view = QTableView()
    view.setAccessibleName("Labels of the open cubes")
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    triggers = QAbstractItemView.EditTrigger
    view.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.setColumnWidth(0, _CUBE_PX)
    view.setColumnWidth(CLASS, _CLASS_PX)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    view.horizontalHeader().setHighlightSections(False)
    return view
