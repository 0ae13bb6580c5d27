"""Dialogs of the main window: choice of files, export, publication figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from focus_viewer.core.regions.file_formats import (
    READ_FORMATS,
    WRITTEN_FORMATS,
    RegionFormat,
    region_suffix,
)
from focus_viewer.core.spectra.indices import Index
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import is_worked_on
from focus_viewer.session.state.slices.requests import Problem
from focus_viewer.session.tasks.projects import is_project
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.preprocessing.menu import PreprocessingMenu
from focus_viewer.ui.shell.project_menu import ProjectMenu
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.shell.screenshot import save_png
from focus_viewer.ui.shell.tool_windows import ToolWindows

if TYPE_CHECKING:
    from focus_viewer.ui.figure.dialog import FigureDialog
    from focus_viewer.ui.models.comparison_dialog import ComparisonDialog
    from focus_viewer.ui.study.dialog import StudyDialog

_FILTER = (
    "Cubes and projects (*.hdr *.img *.dat *.raw *.bsq *.bil *.bip *.tif *.tiff *.h5 *.he5 *.hdf5 "
    "*.nc *.nc4 *.mat *.npy *.npz *.zip *.csv *.focus.json);;All files (*)"
)
_TABLES = "Tables (*.csv *.tsv *.tab *.txt);;All files (*)"

_ANY_REGIONS = RegionFormat(
    "Regions", tuple(suffix for form in READ_FORMATS for suffix in form.suffixes)
)


def _filter(formats: Sequence[RegionFormat]) -> str:
    return ";;".join([*(f"{form.title} ({_patterns(form)})" for form in formats), "All files (*)"])


def _patterns(form: RegionFormat) -> str:
    return " ".join(f"*{suffix}" for suffix in form.suffixes)


def _as_chosen(path: Path, chosen: str) -> Path:
    """Return a path with the suffix of the format that is chosen in the filter of the dialog."""
    form = next((form for form in WRITTEN_FORMATS if chosen.startswith(f"{form.title} (")), None)
    suffix = region_suffix(path)
    if form is None or suffix in form.suffixes:
        return path
    known = any(suffix in other.suffixes for other in WRITTEN_FORMATS)
    stem = path.name[: -len(suffix)] if known else path.name
    return path.with_name(f"{stem}{form.suffixes[0]}")


class Dialogs:
    """Dialogs that the commands open, first in the folder of the most recent file."""

    def __init__(
        self,
        window: QWidget,
        session: Session,
        workbench: Workbench,
        recent: RecentFiles,
        layout: Callable[[], str],
    ) -> None:
        self.window = window
        self._session = session
        self._workbench = workbench
        self._recent = recent
        self._figure: FigureDialog | None = None
        self._comparison: ComparisonDialog | None = None
        self._study: StudyDialog | None = None
        self.project_menu = ProjectMenu(
            window, session, workbench.projects, layout, self._start_folder
        )
        self.tool_windows = ToolWindows(window, session, workbench, self._start_folder)
        self.preprocessing_menu = PreprocessingMenu(window, session, workbench.preprocessing)

    def open_paths(self, paths: list[Path]) -> None:
        """Open cubes or a project."""
        if any(is_project(path) for path in paths):
            self.project_menu.prompt_to_save(lambda: self._workbench.open(paths))
        else:
            self._workbench.open(paths)

    def close_cube(self, document_id: int | None = None) -> None:
        """Close a cube, by default the active one; prompt if unsaved work would be lost."""
        state = self._session.state
        document = state.find(state.documents.active if document_id is None else document_id)
        if document is None:
            return

        def close() -> None:
            self._session.documents.close(document.id)

        if is_worked_on(document) or len(state.documents.items) == 1:
            self.project_menu.prompt_to_save(close)
        else:
            close()

    def close_others(self, document_id: int | None = None) -> None:
        """Close all cubes but one, by default the active one; prompt if work would be lost."""
        documents = self._session.state.documents
        kept = documents.active if document_id is None else document_id
        others = [each for each in documents.items if each.id != kept]

        def close() -> None:
            for document in others:
                self._session.documents.close(document.id)

        if any(map(is_worked_on, others)):
            self.project_menu.prompt_to_save(close)
        else:
            close()

    def choose_files(self) -> None:
        """Prompt for cubes or a project and open them."""
        names, _ = QFileDialog.getOpenFileNames(
            self.window, "Open cubes or a project", self._start_folder(), _FILTER
        )
        self.open_paths([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Prompt for a folder and open cubes in it."""
        name = QFileDialog.getExistingDirectory(self.window, "Open a folder", self._start_folder())
        if name:
            self.open_paths([Path(name)])

    def label_cubes(self, document_id: int | None = None) -> None:
        """Show the labels of the open cubes, first those of a document or the active one."""
        if self._session.state.document is not None:
            from focus_viewer.ui.labels.dialog import LabelDialog

            LabelDialog(self._session, document_id, self.window).open()

    def read_labels(self) -> None:
        """Prompt for a table and label the open cubes by its rows."""
        name, _ = QFileDialog.getOpenFileName(
            self.window, "Read labels from a table", self._start_folder(), _TABLES
        )
        if name:
            self._workbench.labels.read(Path(name))

    def add_model(self) -> None:
        """Prompt for the folder of a model, add it to the list and choose it."""
        name = QFileDialog.getExistingDirectory(
            self.window, "Add the folder of a model", self._start_folder()
        )
        if name:
            self._workbench.models.add(Path(name))

    def compare_models(self) -> None:
        """Show the comparison of models in a separate window."""
        if self._comparison is None:
            from focus_viewer.ui.models.comparison_dialog import ComparisonDialog

            self._comparison = ComparisonDialog(
                self._session, self._workbench, self._suggested_path, self.window
            )
        self._comparison.show()
        self._comparison.raise_()
        self._comparison.activateWindow()

    def show_study(self) -> None:
        """Show the study in a separate window: of the open cubes, unless one was opened."""
        state = self._session.state
        if state.studied.place is None and not state.studied.follows and state.documents.items:
            self._workbench.studies.open_study_of_cubes()
        self._study_window.show()
        self._study_window.raise_()
        self._study_window.activateWindow()

    def open_study(self) -> None:
        """Prompt for the folder of a batch and show its study."""
        self._study_window.choose()

    @property
    def _study_window(self) -> StudyDialog:
        if self._study is None:
            from focus_viewer.ui.study.dialog import StudyDialog

            self._study = StudyDialog(
                self._session, self._workbench, self._start_folder, self.window
            )
        return self._study

    def open_regions(self) -> None:
        """Prompt for a region file and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self.window,
            "Open regions",
            self._start_folder(),
            _filter((_ANY_REGIONS, *READ_FORMATS)),
        )
        if name:
            self._workbench.region_files.open(Path(name))

    def save_regions(self) -> None:
        """Prompt for a path and save the regions."""
        name, chosen = QFileDialog.getSaveFileName(
            self.window,
            "Save regions",
            self._suggested_path(".geojson"),
            _filter(WRITTEN_FORMATS),
        )
        if name:
            self._workbench.region_files.save(_as_chosen(Path(name), chosen))

    def save_region_table(self) -> None:
        """Prompt for a path and save the region table."""
        path = self._ask_save("Save region table", self._suggested_path(".csv"), "CSV (*.csv)")
        if path is not None:
            self._workbench.region_files.save_table(path)

    def save_screenshot(self) -> None:
        """Prompt for a path and save a screenshot of the window."""
        picture = self.window.grab()  # before the dialog covers the window
        path = self._ask_save("Save screenshot", "focus.png", "PNG (*.png)")
        if path is not None and not save_png(picture, path):
            text = f"{path} cannot be written. Choose a folder you have write access to."
            self._session.requests.report(Problem("Could not save the screenshot", text))

    def show_figure(self) -> None:
        """Show the publication figure in a separate window."""
        if self._figure is None:
            from focus_viewer.ui.figure.dialog import FigureDialog

            self._figure = FigureDialog(
                self._session, self._workbench, self._suggested_path, self.window
            )
        self._figure.show()
        self._figure.raise_()
        self._figure.activateWindow()

    def close_windows(self) -> None:
        """Close the windows of the publication figure, the comparison of models and the study."""
        for shown in (self._figure, self._comparison, self._study):
            if shown is not None:
                shown.close()

    def give_values(self) -> None:
        """Show the dialog for wavelengths, units, scale and no-data value of the active cube."""
        document = self._session.state.document
        if document is not None and document.cube.path is not None:
            from focus_viewer.ui.opening.values_dialog import ValuesDialog

            ValuesDialog(self._session, self._workbench.cube_values, document, self.window).open()

    def export_data(self) -> None:
        """Show the export dialog."""
        from focus_viewer.ui.shell.export_dialog import ExportDialog

        folder = Path(self._start_folder())
        ExportDialog(self._session, self._workbench.exports, folder, self.window).open()

    def choose_indices(self) -> None:
        """Show the dialog for vegetation indices in the region table."""
        self._workbench.region_files.list_indices(self._show_indices)

    def _show_indices(self, catalogue: Sequence[Index]) -> None:
        document = self._session.state.document
        if document is not None:
            from focus_viewer.ui.regions.index_dialog import IndexDialog

            IndexDialog(self._session, catalogue, document.cube, self.window).open()

    def _ask_save(self, title: str, suggested: str, files: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self.window, title, suggested, files)
        return Path(name) if name else None

    def _start_folder(self) -> str:
        recent = self._recent.paths()
        return str(recent[0].parent if recent else Path.home())

    def _suggested_path(self, suffix: str) -> str:
        """Return the suggested path of an output: the name of the active cube plus a suffix."""
        document = self._session.state.document
        stem = document.cube.name if document else "regions"
        return str(Path(self._start_folder()) / f"{stem}{suffix}")
