"""Dialog of the publication figure: choices on the left, a preview drawn in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.session.outputs.figure_subject import figure_subject
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.figure.controls import FigureControls
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.captions import Caption
from focus_viewer.ui.widgets.fitting import fit
from focus_viewer.ui.widgets.labels import label
from focus_viewer.ui.widgets.mnemonics import letter_controls

PREVIEW, SAVING = "figure", "figure file"  # lanes: a new preview must not stop a file
_SETTLE_MS: Final = 250
_PREVIEW_DPI: Final = 150
_FILES: Final = "PDF (*.pdf);;SVG (*.svg);;TIFF (*.tif *.tiff);;PNG (*.png)"
_MARGIN_PX: Final = 14
_HINT: Final = QSize(620, 720)


@dataclass(frozen=True, eq=False)
class Page:
    """Preview of a figure.

    Attributes
    ----------
    size_mm : tuple of float
        Width and height of the page.
    notes : tuple of str
        What the figure cannot show of what was chosen.
    unscaled : bool
        Whether a scale bar is wanted and the pixel size not known.
    """

    png: bytes
    size_mm: tuple[float, float]
    notes: tuple[str, ...]
    unscaled: bool = False


class FigureDialog(QDialog):
    """Dialog that follows the session while it is shown; it may stay open beside the window.

    Parameters
    ----------
    named : callable
        Returns a file beside the active cube, named after it, with a suffix.
    """

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        named: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._workbench, self._named = session, workbench, named
        self.setWindowTitle("Publication figure")
        fit(self, 1080, 800)
        self.controls = FigureControls(session)
        self.preview = FigurePreview()
        self.status = Caption()
        self.notes = label("", "warning", wrapped=True)
        self.notes.hide()
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Save | buttons.Close)
        self.buttons.button(buttons.Save).setText("Save...")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.draw)
        self._lay_out()
        letter_controls(self)
        self.buttons.accepted.connect(self.choose_file)
        self.buttons.rejected.connect(self.close)
        session.changed.connect(self._on_changed)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls have the focus
        scroll.setWidget(_padded(self.controls))
        scroll.setFixedWidth(self.controls.width() + 4 * theme.GAP_PX)
        page = QVBoxLayout()
        page.addWidget(self.preview, 1)
        page.addWidget(self.notes)
        page.addWidget(self.status)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_PX)
        row.addWidget(scroll)
        row.addLayout(page, 1)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(self.buttons)

    # State to page

    @property
    def waits(self) -> bool:
        """Whether the page is to be drawn anew, once the changes have settled."""
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what has changed meanwhile."""
        super().showEvent(event)
        self.draw()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Stop drawing while the dialog is hidden."""
        super().hideEvent(event)
        self._timer.stop()

    def _on_changed(self, change: Change) -> None:
        drawn = change.touched(_drawn) or change.touched_document(_drawn_of_document)
        others = change.after.view.figure.all_cubes and change.touched(
            lambda state: state.documents.items
        )
        if self.isVisible() and (drawn or others):
            self._timer.start()

    @Slot()
    def draw(self) -> None:
        """Draw the page from the current state."""
        state = self._session.state
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(
            state.document is not None
        )
        if state.document is None:
            self._show_nothing("Open a cube to draw a figure of it")
            return
        self.status.setText("Drawing...")
        if self.preview.image.isNull():
            self.preview.show_notice("Drawing...")
        self._workbench.background.submit(
            PREVIEW, lambda step: drawn_page(state, step), self._show, "Could not draw the figure"
        )

    def _show(self, page: Page | None) -> None:
        if page is None or not self.isVisible():
            return
        self.preview.show_page(page.png)
        width, height = page.size_mm
        unscaled = "; no scale bar: the pixel size is not known"
        self.status.setText(f"{width:.0f} × {height:.0f} mm{unscaled if page.unscaled else ''}")
        self.notes.setText("\n".join(page.notes))
        self.notes.setVisible(bool(page.notes))

    def _show_nothing(self, notice: str) -> None:
        self.preview.show_notice(notice)
        self.status.setText("")
        self.notes.hide()

    # Files

    @Slot()
    def choose_file(self) -> None:
        """Show a file dialog, and write the figure."""
        name, kind = QFileDialog.getSaveFileName(
            self, "Save the figure", self._named(".pdf"), _FILES
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(_suffix_of(kind)))

    def save(self, path: Path) -> None:
        """Write the figure, in the format of the suffix."""
        state = self._session.state

        def done(saved: None) -> None:
            self.status.setText(f"Saved {path}")

        self.status.setText(f"Saving {path.name}...")
        self._workbench.background.submit(
            SAVING, lambda step: write_page(state, path, step), done, f"Could not save {path.name}"
        )


def drawn_page(state: State, step: Step) -> Page | None:
    """Draw a preview; None without a cube."""
    # Matplotlib is loaded with the first figure, not with the window.
    from focus_viewer.figures.figure_file import rendered
    from focus_viewer.figures.publication import publication_figure, shortcomings

    subject = figure_subject(state, step=step)
    if subject is None:
        return None
    step(0.5, "drawing the figure")
    figure = publication_figure(subject, state.view.figure)
    step(0.8, "drawing the figure")
    width, height = (25.4 * float(inches) for inches in figure.get_size_inches())
    notes = shortcomings(subject, state.view.figure)
    unscaled = state.view.figure.scale_bar and subject.first.pixel_size is None
    return Page(rendered(figure, "png", _PREVIEW_DPI), (width, height), notes, unscaled)


def write_page(state: State, path: Path, step: Step) -> None:
    """Write the figure of a state.

    Raises
    ------
    FocusError
        If the name's ending is not known, or the disk refuses.
    """
    from focus_viewer.figures.figure_file import KINDS, write_figure
    from focus_viewer.figures.publication import about_figure, publication_figure

    if path.suffix.lower() not in KINDS:
        raise FocusError(f"{path.name}: expected a name that ends in {', '.join(KINDS)}.")
    subject = figure_subject(state, step=step)
    if subject is None:
        return
    step(0.5, "drawing the figure")
    spec = state.view.figure
    figure = publication_figure(subject, spec)
    try:
        write_figure(figure, path, spec.dpi, about_figure(subject, spec))
    except OSError as error:
        raise FocusError(
            f"{path} cannot be written: {error.strerror or error}. Choose a folder you have "
            "write access to, on a disk with free space."
        ) from error


def _suffix_of(kind: str) -> str:
    """Return `.pdf` for `PDF (*.pdf)`."""
    return kind.partition("*")[2].rstrip(")").split(" ")[0] or ".pdf"


def _padded(inner: QWidget) -> QWidget:
    outer = QWidget()
    column = QVBoxLayout(outer)
    column.setContentsMargins(theme.GAP_PX, theme.GAP_PX, theme.GAP_PX, theme.GAP_PX)
    column.addWidget(inner)
    return outer


def _drawn(state: State) -> object:
    view = state.view
    return state.documents.active, view.window_nm, view.display, view.figure, state.studied.found


def _drawn_of_document(document: Document) -> object:
    return document.composite, document.saliency_source, document.annotations, document.tested


class FigurePreview(QWidget):
    """Widget that paints a page in the middle, as large as fits.

    Attributes
    ----------
    image : QImage
        Null without a page.
    notice : str
        Shown instead of a page.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.notice = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 320)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for a page."""
        return _HINT

    def show_page(self, png: bytes) -> None:
        """Show a page."""
        self.image = QImage.fromData(png)
        self.update()

    def show_notice(self, notice: str) -> None:
        """Show a notice instead of a page."""
        self.image, self.notice = QImage(), notice
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the page, or the notice."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.PANEL))
        if self.image.isNull():
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.notice)
            return
        ratio = self.devicePixelRatioF()
        target = self._page()
        size = QSize(round(target.width() * ratio), round(target.height() * ratio))
        # Once to the size wanted, smoothly: a painter would skip pixels, and with them hairlines.
        smooth = Qt.TransformationMode.SmoothTransformation
        page = self.image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter.drawImage(target, page)

    def _page(self) -> QRectF:
        """Return the rectangle of the page."""
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        size = self.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = room.x() + (room.width() - size.width()) / 2
        top = room.y() + (room.height() - size.height()) / 2
        return QRectF(round(left), round(top), size.width(), size.height())
