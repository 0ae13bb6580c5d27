"""What all dialogs have in common that change what is done to a cube."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from focus_viewer.core.preprocessing.settings import Preprocessing, preprocessing_of
from focus_viewer.core.wording import axis_title
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.preprocessing import PreprocessingPreview, PreprocessingTasks
from focus_viewer.ui.preprocessing.pixel_preview import PixelPreview
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import button, label

_SETTLE_MS = 150
_WIDTH_PX = 640
_TOLD_LINES = 5


class PreprocessingDialog(QDialog):
    """Tries a treatment on one pixel and has the cube of a document treated.

    A dialog of this kind tells what is `wanted`, and calls `try_it` when that changes.

    Parameters
    ----------
    session : Session
    calibrating : PreprocessingTasks
    document : Document
    title : str
    does : str
        What the button says that does it.
    """

    def __init__(
        self,
        session: Session,
        calibrating: PreprocessingTasks,
        document: Document,
        title: str,
        does: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._calibrating = calibrating
        self.document = document
        self.known = preprocessing_of(document.cube)
        self._open = True
        self.busy = False
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.preview = PixelPreview()
        self.place = label("", "muted")
        self.told = label("", wrapped=True)
        self.apply = button(does, "primary")
        self.cancel = button("Cancel", "secondary")
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._ask)
        self.apply.clicked.connect(self._do_it)
        self.cancel.clicked.connect(self.reject)
        session.changed.connect(self._on_changed)

    def lay_out(self, controls: QWidget, *left: QWidget) -> None:
        """Put the controls over the preview, and further buttons to the left of the others."""
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(theme.GAP_PX + 2)
        column.addWidget(controls)
        column.addWidget(self.place)
        column.addWidget(self.preview, 1)
        # Room for the longest, so that the buttons stay under the mouse.
        self.told.setMinimumHeight(_TOLD_LINES * self.told.fontMetrics().lineSpacing())
        self.told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.told)
        row = QHBoxLayout()
        for one in left:
            row.addWidget(one)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        column.addLayout(row)

    @property
    def is_listening(self) -> bool:
        """Whether it is still open: what comes late has no place."""
        return self._open

    def wanted(self) -> Preprocessing | str:
        """The treatment as it is chosen, or why it cannot be done yet."""
        raise NotImplementedError

    def without(self) -> Preprocessing:
        """The treatment that it is compared with: what is known, less what is asked here."""
        raise NotImplementedError

    # Trying

    def try_it(self) -> None:
        """Show what the treatment gives, once the user holds still."""
        wanted = self.wanted()
        self.apply.setEnabled(not isinstance(wanted, str) and not self.busy)
        if isinstance(wanted, str):
            self._timer.stop()
            self._calibrating.drop_preview()
            self._clear()
            self._say(wanted)
        else:
            self._timer.start()

    def _ask(self) -> None:
        wanted = self.wanted()
        if not isinstance(wanted, str):
            self._calibrating.preview(
                self.document.cube,
                self.without(),
                wanted,
                _place(self.document),
                self._tried,
                self._refused,
            )

    def _tried(self, preview: PreprocessingPreview) -> None:
        if self._open and not self.busy:
            self.place.setText(f"Row {preview.row}, col {preview.col}, before and after")
            self.preview.show_preview(preview, axis_title(self.document.cube))
            self._say("\n".join(preview.notes))

    def _refused(self, reason: str) -> None:
        if self._open and reason:
            self.busy = False
            self.apply.setEnabled(False)
            self._clear()
            self._say(reason, "warning")

    def _clear(self) -> None:
        self.place.setText("")
        self.preview.clear_lines()

    def _say(self, text: str, kind: str = "") -> None:
        self.told.setObjectName(kind)
        self.told.style().polish(self.told)
        self.told.setText(text)

    # Doing

    def _do_it(self) -> None:
        wanted = self.wanted()
        if not isinstance(wanted, str):
            self.do(wanted)

    def do(self, preprocessing: Preprocessing) -> None:
        """Have the cube treated, and close when that is done."""
        self.busy = True
        self.apply.setEnabled(False)
        self._say("Reading...")
        self._calibrating.apply(
            self.document.id, preprocessing, self._done, self._refused, self._progress
        )

    def _done(self) -> None:
        if self._open:
            self.accept()

    def _progress(self, fraction: float, text: str) -> None:
        if self._open:
            self._say(f"{text[:1].upper()}{text[1:]}: {fraction:.0%}")

    def done(self, result: int) -> None:
        """Close, and listen no more."""
        self._open = False
        self._timer.stop()
        self._calibrating.drop_preview()
        self._session.changed.disconnect(self._on_changed)
        super().done(result)

    def _on_changed(self, change: Change) -> None:
        closed = change.after.find(self.document.id) is None
        if closed and change.touched(lambda state: state.documents.items):
            self.reject()


def _place(document: Document) -> tuple[int, int]:
    """The pixel that was pinned last, else the one in the middle."""
    if document.pins:
        return document.pins[-1].row, document.pins[-1].col
    return document.cube.rows // 2, document.cube.cols // 2
