"""Field for the class of several cubes at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

_HINT = "such as rust, or rust; drought"
_SEVERAL = "several classes: type one for all"


class ClassBox(QComboBox):
    """Field to type classes or choose a known one; emits `edited` only for what the user does."""

    edited = Signal(str)

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.addItems(list(known))
        self.setCurrentIndex(-1)
        completer = QCompleter(list(known), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        completer.activated.connect(self.edited)
        self.field.textEdited.connect(self.edited)
        self.textActivated.connect(self.edited)

    @property
    def field(self) -> QLineEdit:
        """The line that is typed into."""
        field = self.lineEdit()
        assert field is not None  # noqa: S101 - it is editable
        return field

    def show_texts(self, texts: Collection[str]) -> None:
        """Show the classes of what is selected; nothing, with a hint, where they differ."""
        different = set(texts)
        text = different.pop() if len(different) == 1 else ""
        if text != self.currentText():
            self.setEditText(text)
        self.field.setPlaceholderText(_SEVERAL if different else _HINT)
