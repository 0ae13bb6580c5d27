"""Notes on a result and its cube: the first in a line, all of them when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from focus_viewer.core.counted import counted
from focus_viewer.core.wording import capitalised
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.labels import button, label


class NoteLines(QWidget):
    """Line with the number of notes and the first one, and below it all of them once unfolded."""

    def __init__(self) -> None:
        super().__init__()
        self.head = button("", "link", "Show or hide all notes")
        self.head.setAccessibleName("Notes")
        self.first = Caption()
        self.first.setObjectName("")  # as large and bright as other text
        self.whole = label("", wrapped=True)
        self.whole.hide()
        self.notes: tuple[str, ...] = ()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.head, 0, 0)
        grid.addWidget(self.first, 0, 1)
        grid.addWidget(self.whole, 1, 0, 1, 2)
        self.head.clicked.connect(lambda: self._unfold(self.whole.isHidden()))

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show notes; those of another result are folded."""
        if tuple(map(capitalised, notes)) != self.notes:
            self.notes = tuple(capitalised(note) for note in notes)
            self.first.setText(self.notes[0] if notes else "")
            self.whole.setText("\n".join(f"\u2022 {note}" for note in notes))
            self._unfold(False)
        self.setVisible(bool(notes))

    def _unfold(self, unfolded: bool) -> None:
        self.head.setText(f"{'▾' if unfolded else '▸'} {counted(len(self.notes), 'note')}")
        self.whole.setVisible(unfolded)
        self.first.setVisible(not unfolded)
