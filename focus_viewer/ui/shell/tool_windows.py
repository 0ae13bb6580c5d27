"""Tool windows that stay open beside the picture, with the commands that open them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from focus_viewer.core.spectra.library import SpectralLibrary
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.image_header import ImageHeader
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.command import Command, has_cube, where

_LIBRARIES = "Spectral libraries (*.sli *.esl *.hdr *.asd *.txt *.csv *.tsv);;All files (*)"


NO_MASK_YET: Final = "Make a mask first (Image > Mask)"
_has_mask = where(lambda document: document.mask_recipe.steps, NO_MASK_YET)


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
        self._libraries: tuple[SpectralLibrary, ...] = ()
        self._cubes: tuple[int, ...] = ()
        opened = Binding(
            self._follow_libraries, lambda state: (state.libraries.items, _cubes(state))
        )
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
            *self._layer_commands(),
            Command(
                "history", "Image", "History of the cube...", self.show_history, "Ctrl+H", has_cube
            ),
            Command("libraries", "Image", "Spectral libraries...", self.show_libraries, "Ctrl+B"),
        )

    def _layer_commands(self) -> tuple[Command, ...]:
        masks = self._session.masks

        def toggle() -> None:
            document = self._session.state.document
            masks.use(document is not None and document.inside is None)

        return (
            Command("layers", "Image", "Layers...", self.show_layers, "Ctrl+Shift+L", has_cube),
            Command("mask", "Image", "Mask...", self.show_mask, "Ctrl+M", has_cube),
            Command(
                "use_mask",
                "Image",
                "Statistics inside the mask only",
                toggle,
                "Shift+K",
                where(lambda document: document.known_mask, NO_MASK_YET),
                where(lambda document: document.inside),
            ),
            Command("invert_mask", "Image", "Invert the mask", masks.invert, "", _has_mask),
            Command("clear_mask", "Image", "Clear the mask", masks.clear, "", _has_mask),
        )

    def serve(self, header: ImageHeader) -> None:
        """Open the windows that the header of the image asks for."""
        header.contrast_wanted.connect(self.show_contrast)
        header.band_math_wanted.connect(self.show_band_math)
        header.components_wanted.connect(self.show_components)
        header.layers_wanted.connect(self.show_layers)

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

    def show_layers(self) -> None:
        """Show the layers over the picture."""
        from focus_viewer.ui.layering.layers_dialog import LayersDialog

        def make() -> LayersDialog:
            return LayersDialog(self._session, self.show_band_math, self.show_mask, self._window)

        self._show(LayersDialog, make)

    def show_mask(self) -> None:
        """Show the mask of the active cube."""
        from focus_viewer.ui.layering.mask_dialog import MaskDialog

        tasks, folder = self._workbench.masks, self._start_folder
        self._show(MaskDialog, lambda: MaskDialog(self._session, tasks, folder, self._window))

    def show_history(self) -> None:
        """Show what was done to the active cube."""
        from focus_viewer.ui.preprocessing.history_dialog import HistoryDialog

        tasks, masks = self._workbench.preprocessing, self._workbench.masks
        self._show(HistoryDialog, lambda: HistoryDialog(self._session, tasks, masks, self._window))

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
        """Show libraries that were opened; those that come with a project's cubes are known."""
        before = self._libraries, self._cubes
        self._libraries, self._cubes = state.libraries.items, _cubes(state)
        if self._libraries and self._libraries is not before[0] and self._cubes == before[1]:
            self.show_libraries()

    def _place(self, tool: QDialog) -> None:
        """Move a tool window to the lower right, so that the picture it changes stays in sight."""
        over, size = self._window.frameGeometry(), tool.frameGeometry().size()
        x = over.right() - size.width() - theme.GAP_PX
        y = over.bottom() - size.height() - theme.GAP_PX
        tool.move(max(x, over.left()), max(y, over.top()))

    def _show(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        is_first = kind not in self._made
        if is_first:
            self._made[kind] = make()
        shown = self._made[kind]
        shown.show()
        if is_first:
            self._place(shown)
        shown.raise_()
        shown.activateWindow()


def _cubes(state: State) -> tuple[int, ...]:
    return tuple(document.id for document in state.documents.items)
