"""Base class of the preprocessing dialogs, with a preview at one pixel."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from focus_viewer.core.preprocessing.settings import Preprocessing, preprocessing_of
from focus_viewer.core.wording import axis_title
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.preprocessing import PreprocessingPreview, PreprocessingTasks
from focus_viewer.ui.preprocessing.pixel_preview import PixelPreview
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.fitting import Scrolled, fit
from focus_viewer.ui.widgets.labels import button, label
from focus_viewer.ui.widgets.mnemonics import letter_controls

_SETTLE_MS = 150
_WIDTH_PX = 640
_MESSAGE_LINES = 5


class PreprocessingDialog(QDialog):
    """Dialog that previews preprocessing at one pixel and applies it to a document's cube.

    Subclasses implement `make_controls`, `start`, `chosen` and `baseline`, and call
    `update_preview` on each change.

    Attributes
    ----------
    title, apply_text : str
        Of the window, and of the button that applies the preprocessing.
    """

    title: ClassVar[str]
    apply_text: ClassVar[str] = "Apply"

    def __init__(
        self,
        session: Session,
        tasks: PreprocessingTasks,
        document: Document,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self.document = document
        self.current = preprocessing_of(document.cube)
        self._open = True
        self.busy = False
        self.setWindowTitle(self.title)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.preview = PixelPreview()
        self.position = label("", "muted")
        self.message = label("", wrapped=True)
        self.apply = button(self.apply_text, "primary")
        self.cancel = button("Cancel", "secondary")
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._request_preview)
        self.apply.clicked.connect(self._on_apply)
        self.cancel.clicked.connect(self.reject)
        session.changed.connect(self._on_changed)
        self._lay_out(*self.make_controls())
        letter_controls(self)
        self.start()
        fit(self, _WIDTH_PX, self.sizeHint().height())

    def make_controls(self) -> tuple[QLayout, *tuple[QWidget, ...]]:
        """Return the controls above the preview, and extra buttons left of the standard ones."""
        raise NotImplementedError

    def start(self) -> None:
        """Connect the controls and show the current preprocessing in them."""
        raise NotImplementedError

    def _lay_out(self, controls: QLayout, *left: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(Scrolled(self._above_message(controls)), 1)
        # Space for the longest message, so that the buttons keep their position.
        self.message.setMinimumHeight(_MESSAGE_LINES * self.message.fontMetrics().lineSpacing())
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.message)
        row = QHBoxLayout()
        for extra in left:
            row.addWidget(extra)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        column.addLayout(row)

    def _above_message(self, controls: QLayout) -> QWidget:
        """Stack controls and preview; what is wrong and the buttons are seen on any screen."""
        # In a widget, so that they keep the spacing of the style.
        holder, content = QWidget(), QWidget()
        controls.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(controls)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(holder)
        column.addWidget(self.position)
        column.addWidget(self.preview, 1)
        return content

    @property
    def is_open(self) -> bool:
        """Whether the dialog is open; late results are ignored after it closed."""
        return self._open

    def chosen(self) -> Preprocessing | str:
        """Return the chosen preprocessing, or why it cannot be applied yet."""
        raise NotImplementedError

    def baseline(self) -> Preprocessing:
        """Return the preprocessing to compare with: the current one without this dialog's part."""
        raise NotImplementedError

    # Preview

    def update_preview(self) -> None:
        """Preview the chosen preprocessing after a short delay."""
        chosen = self.chosen()
        self.apply.setEnabled(not isinstance(chosen, str) and not self.busy)
        if isinstance(chosen, str):
            self._timer.stop()
            self._tasks.drop_preview()
            self._clear()
            self._show_message(chosen)
        else:
            self._timer.start()

    def _request_preview(self) -> None:
        chosen = self.chosen()
        if not isinstance(chosen, str):
            self._tasks.preview(
                self.document.cube,
                self.baseline(),
                chosen,
                _preview_pixel(self.document),
                self._show_preview,
                self._show_error,
            )

    def _show_preview(self, preview: PreprocessingPreview) -> None:
        # One that was dropped may have been on its way.
        if self._open and not self.busy and not isinstance(self.chosen(), str):
            self.position.setText(f"Row {preview.row}, col {preview.col}, before and after")
            self.preview.show_preview(preview, axis_title(self.document.cube))
            self._show_message("\n".join(preview.notes))

    def _show_error(self, reason: str) -> None:
        if self._open:
            self.busy = False
            self.apply.setEnabled(False)
            self._clear()
            self._show_message(reason, "warning")

    def _clear(self) -> None:
        self.position.setText("")
        self.preview.clear_lines()

    def _show_message(self, text: str, kind: str = "") -> None:
        self.message.setObjectName(kind)
        self.message.style().polish(self.message)
        self.message.setText(text)

    # Application

    def _on_apply(self) -> None:
        chosen = self.chosen()
        if not isinstance(chosen, str):
            self.apply_preprocessing(chosen)

    def apply_preprocessing(self, preprocessing: Preprocessing) -> None:
        """Apply preprocessing to the cube, and close when it is done."""
        self.busy = True
        self.apply.setEnabled(False)
        self._show_message("Reading...")
        self._tasks.apply(
            self.document.id, preprocessing, self._done, self._show_error, self._progress
        )

    def _done(self) -> None:
        if self._open:
            self.accept()

    def _progress(self, fraction: float, text: str) -> None:
        if self._open:
            self._show_message(f"{text[:1].upper()}{text[1:]}: {100 * fraction:.0f} %")

    def done(self, result: int) -> None:
        """Close the dialog and disconnect from the session."""
        self._open = False
        self._timer.stop()
        self._tasks.drop_preview()
        self._session.changed.disconnect(self._on_changed)
        super().done(result)

    def _on_changed(self, change: Change) -> None:
        closed = change.after.find(self.document.id) is None
        if closed and change.touched(lambda state: state.documents.items):
            self.reject()


def _preview_pixel(document: Document) -> tuple[int, int]:
    """Return row and column of the last pin, or of the centre pixel without pins."""
    if document.pins:
        return document.pins[-1].row, document.pins[-1].col
    return document.cube.rows // 2, document.cube.cols // 2
