"""Tool windows that stay open beside the picture, with the commands that open them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from focus_viewer.session.session import Session
from focus_viewer.ui.widgets.command import Command, has_cube


class ToolWindows:
    """Tool windows, each made when it is first opened."""

    def __init__(self, window: QWidget, session: Session) -> None:
        self._window = window
        self._session = session
        self._made: dict[type[QDialog], QDialog] = {}

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that open the windows."""
        return (
            Command(
                "contrast", "View", "Contrast...", self.show_contrast, "K", has_cube, None, True
            ),
        )

    def show_contrast(self) -> None:
        """Show the contrast of the active picture."""
        from focus_viewer.ui.image.contrast_dialog import ContrastDialog

        self._show(ContrastDialog, lambda: ContrastDialog(self._session, self._window))

    def _show(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        if kind not in self._made:
            self._made[kind] = make()
        shown = self._made[kind]
        shown.show()
        shown.raise_()
        shown.activateWindow()
