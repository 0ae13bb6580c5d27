"""Dialog for band math: an index or an expression of wavelengths, shown as the picture."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.spectra.band_math import map_bands
from focus_viewer.core.spectra.indices import available
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_EXAMPLE = "(r800 - r670) / (r800 + r670)"
_SIZE_PX = (560, 460)
_ABOUT_LINES = 3


class BandMathDialog(QDialog):
    """Window that maps an index of the active cube: chosen by name, or typed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self._session = session
        self.setWindowTitle("Band math")
        self.resize(*_SIZE_PX)
        self.expression = QLineEdit()
        self.expression.setPlaceholderText(_EXAMPLE)
        self.expression.setAccessibleName("Expression of wavelengths in nm")
        self.expression.setToolTip(
            "r800 is the good band nearest to 800 nm, within 7.5 nm; + - * / **, brackets, log10, "
            "ln, exp, sqrt and abs"
        )
        self.indices = QListWidget()
        self.indices.setAccessibleName("Indices that the cube has the bands of")
        self.about = label("", "muted", wrapped=True)
        self.about.setMinimumHeight(_ABOUT_LINES * self.about.fontMetrics().lineSpacing())
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.column = QCheckBox("Also as a column of the table of regions")
        self.lay_over = button("Add as a layer", "secondary", "Lay the map over the picture")
        self.lay_over.setAutoDefault(False)  # Enter in the field shows the map
        self.show_it = button("Show as the picture", "primary")
        self._lay_out()
        letter_controls(self)
        self.expression.textChanged.connect(self._check)
        self.expression.returnPressed.connect(self._on_show)
        self.indices.itemClicked.connect(self._on_index)
        self.indices.itemActivated.connect(self._on_index)
        # By the arrow keys. The focus alone makes an entry current, and would erase what is typed.
        self.indices.itemSelectionChanged.connect(self._on_selection)
        self.show_it.clicked.connect(self._on_show)
        self.lay_over.clicked.connect(self._on_lay_over)
        self._bindings = Bindings(
            session, Binding(self._show_cube, document=lambda document: document.cube)
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(theme.GAP_PX)
        form = QFormLayout()
        form.addRow("Expression", self.expression)
        column.addLayout(form)
        column.addWidget(self.about)
        column.addWidget(label("Or an index:", "muted"))
        column.addWidget(self.indices, 1)
        row = QHBoxLayout()
        row.addWidget(self.column, 1)
        row.addWidget(self.lay_over)
        row.addWidget(self.show_it)
        column.addLayout(row)

    def _show_cube(self, state: State) -> None:
        """List the indices that the cube has bands for, and check the expression for it."""
        self.indices.clear()
        cube = state.document.cube if state.document else None
        for found in available(cube) if cube else ():
            item = QListWidgetItem(f"{found.index.name}: {found.index.title}")
            item.setData(Qt.ItemDataRole.UserRole, found.index.name)
            item.setToolTip(found.text)
            self.indices.addItem(item)
        if not self.expression.text() and state.recipe.formula:
            self.expression.setText(state.recipe.formula)
        self._check()

    def _check(self) -> None:
        """Show the bands of the expression, or why it cannot be computed."""
        document, text = self._session.state.document, self.expression.text()
        found = map_bands(document.cube, text) if document and text.strip() else ""
        possible = not isinstance(found, str)
        self.show_it.setEnabled(possible)
        self.lay_over.setEnabled(possible)
        if isinstance(found, str):
            self.about.setText(found or f"Type an expression, such as {_EXAMPLE}.")
            return
        units = document.cube.units if document else "reflectance"
        mind = "" if units == "reflectance" else f" The cube holds values in {units} units."
        self.about.setText(f"From the bands at {found.bands_nm}.{mind}")

    def _on_index(self, item: QListWidgetItem) -> None:
        self.expression.setText(item.data(Qt.ItemDataRole.UserRole))

    def _on_selection(self) -> None:
        for item in self.indices.selectedItems():
            self._on_index(item)

    def _on_show(self) -> None:
        """Show the map without heatmap, whose colours would be mixed with the map's."""
        if not self.show_it.isEnabled():
            return
        text = self.expression.text().strip()
        session = self._session
        session.view.set_recipe(CompositeRecipe("formula", formula=text))
        session.view.show_heatmap(False)
        self._add_column(text)

    def _on_lay_over(self) -> None:
        """Lay the map over the picture; the heatmap stays above it."""
        text = self.expression.text().strip()
        self._session.layers.add(CompositeRecipe("formula", formula=text))
        self._add_column(text)

    def _add_column(self, text: str) -> None:
        """Add the map to the table of regions, where that is wanted."""
        session, display = self._session, self._session.state.view.display
        if self.column.isChecked() and text not in display.indices:
            session.view.set_display(replace(display, indices=(*display.indices, text)))
