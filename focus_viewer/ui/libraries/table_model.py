"""Table of the spectra of all libraries, the nearest first."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from focus_viewer.core.spectra.library import LibrarySpectrum, Match
from focus_viewer.session.state.libraries import Libraries

_COLUMNS: Final = (
    ("Spectrum", "Checked spectra are drawn, dotted, over those of the cube"),
    ("Angle (°)", "Spectral angle: 0 for the same shape, whatever the brightness"),
    ("SID", "Spectral information divergence: 0 for the same shape"),
    ("Bands", "Good bands of the cube that both have: only these are compared"),
    ("Range (nm)", "Wavelengths of the library's spectrum"),
)
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class LibraryTable(QAbstractTableModel):
    """Model of the spectra whose names hold all words of a search; `ticked` asks to draw one."""

    ticked = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[LibrarySpectrum, Match | None]] = []
        self._drawn: tuple[LibrarySpectrum, ...] = ()

    def show_libraries(self, libraries: Libraries, search: str) -> None:
        """Show ranked spectra, then those that were not compared."""
        words = search.casefold().split()
        matched = {id(match.spectrum) for match in libraries.matches}
        rows: list[tuple[LibrarySpectrum, Match | None]] = [
            (match.spectrum, match) for match in libraries.matches
        ]
        rows += [(each, None) for each in libraries.spectra if id(each) not in matched]
        self.beginResetModel()
        self._rows = [row for row in rows if all(word in row[0].name.casefold() for word in words)]
        self._drawn = libraries.drawn
        self.endResetModel()

    def show_drawn(self, drawn: tuple[LibrarySpectrum, ...]) -> None:
        """Check the spectra that are drawn."""
        self._drawn = drawn
        if self._rows:
            last = self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])

    def rowCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return the number of spectra."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column, or its hint."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return _COLUMNS[section][0]
            if role == Qt.ItemDataRole.ToolTipRole:
                return _COLUMNS[section][1]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return whether a cell can be checked: the names can."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        spectrum, match = self._rows[index.row()]
        first = index.column() == 0
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(spectrum, match)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and first:
            return spectrum.name
        if role == Qt.ItemDataRole.CheckStateRole and first:
            on = any(spectrum is each for each in self._drawn)
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and not first:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(  # noqa: N802 - Qt's name
        self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Ask to draw a spectrum, or not to."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked.emit(self._rows[index.row()][0], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def _cells(spectrum: LibrarySpectrum, match: Match | None) -> tuple[str, ...]:
    low, high = spectrum.range_nm
    span = f"{low:.0f} to {high:.0f}"
    if match is None:
        return spectrum.name, "–", "–", "–", span
    divergence = f"{match.divergence:.4f}" if match.divergence == match.divergence else "–"
    return spectrum.name, f"{match.angle_deg:.2f}", divergence, str(match.bands), span
