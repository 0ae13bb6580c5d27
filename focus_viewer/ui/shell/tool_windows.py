"""Tool windows that stay open beside the picture, with the commands that open them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.command import Command, has_cube

_LIBRARIES = "Spectral libraries (*.sli *.esl *.hdr *.asd *.txt *.csv *.tsv);;All files (*)"


class ToolWindows:
    """Tool windows, each made when it is first opened."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        workbench: Workbench,
        start_folder: Callable[[], str],
    ) -> None:
        self._window = window
        self._session = session
        self._workbench = workbench
        self._start_folder = start_folder
        self._made: dict[type[QDialog], QDialog] = {}
        opened = Binding(self._follow_libraries, lambda state: state.libraries.items)
        self._bindings = Bindings(session, opened)

    def commands(self) -> tuple[Command, ...]:
        """Return the commands that open the windows."""
        return (
            Command(
                "contrast",
                "Image",
                "Contrast...",
                self.show_contrast,
                "K",
                has_cube,
                separator=True,
            ),
            Command("band_math", "Image", "Band math...", self.show_band_math, "Shift+B", has_cube),
            Command(
                "components",
                "Image",
                "Components (PCA, MNF)...",
                self.show_components,
                "",
                has_cube,
            ),
            Command(
                "history", "Image", "History of the cube...", self.show_history, "Ctrl+H", has_cube
            ),
            Command("libraries", "Image", "Spectral libraries...", self.show_libraries, "Ctrl+B"),
        )

    def file_commands(self) -> tuple[Command, ...]:
        """Return the commands for the File menu."""
        return (Command("open_library", "File", "Open spectral library...", self.choose_library),)

    def show_contrast(self) -> None:
        """Show the contrast of the active picture."""
        from focus_viewer.ui.image.contrast_dialog import ContrastDialog

        tasks = self._workbench.regions
        self._show(ContrastDialog, lambda: ContrastDialog(self._session, tasks, self._window))

    def show_band_math(self) -> None:
        """Show band math for the active cube."""
        from focus_viewer.ui.image.band_math_dialog import BandMathDialog

        self._show(BandMathDialog, lambda: BandMathDialog(self._session, self._window))

    def show_components(self) -> None:
        """Show the components of the active cube."""
        from focus_viewer.ui.image.components_dialog import ComponentsDialog

        self._show(ComponentsDialog, lambda: ComponentsDialog(self._session, self._window))

    def show_history(self) -> None:
        """Show what was done to the active cube."""
        from focus_viewer.ui.preprocessing.history_dialog import HistoryDialog

        tasks = self._workbench.preprocessing
        self._show(HistoryDialog, lambda: HistoryDialog(self._session, tasks, self._window))

    def show_libraries(self) -> None:
        """Show the open spectral libraries."""
        from focus_viewer.ui.libraries.library_window import LibraryWindow

        tasks = self._workbench.libraries
        self._show(
            LibraryWindow,
            lambda: LibraryWindow(self._session, tasks, self.choose_library, self._window),
        )

    def choose_library(self) -> None:
        """Prompt for spectral libraries and open them."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open spectral libraries", self._start_folder(), _LIBRARIES
        )
        if names:
            self._workbench.libraries.open([Path(name) for name in names])

    def _follow_libraries(self, state: State) -> None:
        if state.libraries.items:
            self.show_libraries()

    def _show(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        if kind not in self._made:
            self._made[kind] = make()
        shown = self._made[kind]
        shown.show()
        shown.raise_()
        shown.activateWindow()
