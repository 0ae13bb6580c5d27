"""Main window: layout of the views, and the dialogs that it opens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMessageBox,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.session.session import Session
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.projects import PROJECT_SUFFIX
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.image.image_area import ImageArea
from focus_viewer.ui.models.remembered import RememberedModels
from focus_viewer.ui.opening.array_dialog import ChoiceDialog
from focus_viewer.ui.opening.contradiction_banner import ContradictionBanner
from focus_viewer.ui.opening.folder_dialog import FolderDialog
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.metadata_panel import MetadataPanel
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.preprocessing.calibration_banner import CalibrationOffer
from focus_viewer.ui.regions.panel import RegionPanel
from focus_viewer.ui.shell.actions import Actions, commands
from focus_viewer.ui.shell.dialogs import Dialogs
from focus_viewer.ui.shell.document_tabs import DocumentTabs
from focus_viewer.ui.shell.drop import DropFilter
from focus_viewer.ui.shell.job_status import JobStatus, SideStatus
from focus_viewer.ui.shell.missing_cubes_dialog import MissingCubesDialog
from focus_viewer.ui.shell.panel_sizes import PanelSizes
from focus_viewer.ui.shell.problem_banner import ProblemBanner
from focus_viewer.ui.shell.queue_status import QueueStatus
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.shell.recent_menu import RecentMenu
from focus_viewer.ui.shell.recovery_banner import RecoveryBanner
from focus_viewer.ui.shell.remembered_window import (
    LeftWindow,
    from_text,
    read_window,
    to_text,
    write_window,
)
from focus_viewer.ui.shell.shortcuts_dialog import ShortcutsDialog
from focus_viewer.ui.shell.tab_row import TabRow
from focus_viewer.ui.shell.welcome import Welcome
from focus_viewer.ui.teaching.panel import TeachPanel
from focus_viewer.ui.volume.volume_view import VolumeView
from focus_viewer.ui.widgets.command import Command, has_cube, where
from focus_viewer.ui.widgets.fitting import room_for
from focus_viewer.version import __version__

_ABOUT = (
    "<b>FOCUS Viewer {version}</b><p>Where, and at which wavelengths, does a frozen Vision "
    "Transformer find its evidence in a hyperspectral cube?</p><p>After FOCUS: Fused Observation "
    "of Channels for Unveiling Spectra, arXiv 2507.14787; an independent implementation.</p>"
    "<p>BSD-3-Clause.</p>"
)


_SIZE_PX = QSize(1440, 900)
_SHARE = 0.75  # of a screen that has more room


class MainWindow(QMainWindow):
    """Main window, with the header of the sample and the settings that store what it remembers."""

    def __init__(
        self, session: Session, workbench: Workbench, sample: Path, settings: QSettings
    ) -> None:
        super().__init__()
        self._session = session
        self._workbench = workbench
        self._settings = settings
        self._recent = RecentFiles(settings)
        self._models = RememberedModels(session, settings)
        self._may_close = False
        self.setWindowTitle("FOCUS Viewer")
        self.dialogs = Dialogs(self, session, workbench, self._recent, lambda: self.layout_text)
        self.project_menu = self.dialogs.project_menu
        table = (*commands(session, workbench, self.dialogs, sample), *self._window_commands())
        self.commands = Actions(self, session, table)
        self._recent_menu = RecentMenu(self._recent, self.open_paths, self.commands)
        self.image_area = ImageArea(session, workbench)
        self.image_view = self.image_area.first
        self.curve_view = CurveView(session, workbench)
        self.volume_view = VolumeView(session, workbench)
        self.region_panel = RegionPanel(session)
        self.metadata_panel = MetadataPanel(session, self.dialogs.give_values)
        self.class_panel = ClassPanel(
            session,
            workbench,
            self.dialogs.give_values,
            self.dialogs.add_model,
            self.dialogs.compare_models,
        )
        self.trust_panel = TrustPanel(session, workbench)
        self.teach_panel = TeachPanel(session, workbench)
        self.tabs = self._make_tabs()
        self.job_status = JobStatus(session, workbench)
        self._welcome = Welcome(
            self.commands["open_sample"], self.commands["open"], self._recent, self.open_paths
        )
        self._stack = self._build_centre()
        self._docks = self._build_docks()
        self._first_layout = self.saveState()
        self._last_layout: QByteArray | None = self._first_layout
        self._come_back()
        self._build_status()
        self._drop = DropFilter(self, self.open_paths, self._welcome.highlight)
        session.changed.connect(self._on_changed)
        self._follow(session.state)
        workbench.models.find(self._models.folders())

    def _window_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "test",
                "Explain",
                "Put to the test",
                self.put_to_the_test,
                "F6",
                where(lambda document: document.explanation),
                separator=True,
            ),
            Command(
                "choose_model", "Explain", "Choose the model...", self.choose_model, "M", has_cube
            ),
            Command("add_model", "Explain", "Add a model folder...", self.dialogs.add_model),
            Command(
                "teach",
                "Teach",
                "Teach your own classes",
                self.show_teaching,
                "F7",
                has_cube,
                separator=True,
            ),
            Command("reset_layout", "View", "Reset the panels", self.reset_layout, separator=True),
            Command("shortcuts", "Help", "Keyboard shortcuts", self.show_shortcuts, "F1"),
            Command("about", "Help", "About FOCUS Viewer", self.show_about),
        )

    # Layout

    def _make_tabs(self) -> DocumentTabs:
        dialogs = self.dialogs
        return DocumentTabs(
            self._session, dialogs.close_cube, dialogs.label_cubes, dialogs.close_others
        )

    def _build_centre(self) -> QStackedWidget:
        stack = QStackedWidget()
        # Otherwise it takes space from the panels even while it is hidden.
        self._welcome.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        stack.addWidget(self._welcome)
        stack.addWidget(self.image_area)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(ProblemBanner(self._session))
        column.addWidget(
            RecoveryBanner(
                self._session, self._workbench.projects, self.project_menu.prompt_to_save
            )
        )
        column.addWidget(TabRow(self._session, self.tabs))
        column.addWidget(
            CalibrationOffer(
                self._session,
                self._workbench.preprocessing,
                self.dialogs.preprocessing_menu.calibrate,
            )
        )
        column.addWidget(
            ContradictionBanner(
                self._session, self._workbench.cube_values, self.dialogs.give_values
            )
        )
        column.addWidget(stack, 1)
        self.setCentralWidget(centre)
        return stack

    def _build_docks(self) -> list[QDockWidget]:
        right, bottom = (
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        docks = [
            self._dock("Decision", "decision", self.class_panel, right),
            self._dock("Saliency volume", "volume", self.volume_view, right),
            self._dock("Importance and spectra", "curve", self.curve_view, bottom),
            self._dock("Regions", "regions", self.region_panel, bottom),
            self._dock("Metadata", "metadata", self.metadata_panel, bottom),
            self._dock("Trust", "trust", self.trust_panel, bottom),
            self._dock("Teach", "teach", self.teach_panel, bottom),
        ]
        self.tabifyDockWidget(docks[2], docks[3])
        self.tabifyDockWidget(docks[3], docks[4])
        self.tabifyDockWidget(docks[4], docks[5])
        self.tabifyDockWidget(docks[5], docks[6])
        docks[2].raise_()
        self.panel_sizes = PanelSizes(self, *docks[:3])
        return docks

    def _build_status(self) -> None:
        """Show the jobs in the status bar: explaining at the left, all others beside it."""
        jobs = self._workbench
        self.statusBar().addWidget(self.job_status, 1)
        self.statusBar().addPermanentWidget(QueueStatus(self._session, jobs))
        for status in (
            SideStatus(self._session, "band_caching", jobs.band_caching.cancel),
            SideStatus(self._session, "trust", jobs.trust.cancel),
            SideStatus(self._session, "teaching", jobs.teaching.cancel),
            SideStatus(self._session, "export", jobs.exports.cancel),
        ):
            self.statusBar().addPermanentWidget(status)

    def _dock(self, title: str, name: str, view: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(view)
        self.addDockWidget(area, dock)
        self.commands.menus["View"].addAction(dock.toggleViewAction())
        return dock

    def reset_layout(self) -> None:
        """Restore the initial layout of the panels."""
        if self._session.state.document is not None:
            self.restoreState(self._first_layout)
            self.panel_sizes.reset()

    def _come_back(self) -> None:
        """Take size, panels and colour map as the window was left."""
        room, left = room_for(self), read_window(self._settings)
        self.resize(_SIZE_PX.expandedTo(room * _SHARE).boundedTo(room))
        self.restoreGeometry(from_text(left.geometry))
        self.panel_sizes.shares = left.shares
        if left.layout:
            self._last_layout = from_text(left.layout)
        display = self._session.state.view.display
        self._session.view.set_display(replace(display, colourmap=left.colourmap))

    def _remember_window(self) -> None:
        layout = self._last_layout or self.saveState()
        left = LeftWindow(
            to_text(self.saveGeometry()),
            to_text(layout),
            self.panel_sizes.shares,
            self._session.state.view.display.colourmap,
        )
        write_window(self._settings, left)

    def _on_changed(self, change: Change) -> None:
        if change.touched(lambda state: state.documents.active):
            self._follow(change.after)
        if change.touched(lambda state: (state.documents.items, state.project)):
            self._remember(change)
            self._show_title(change.after)
        if change.touched(lambda state: state.studied.study) and change.after.studied.place:
            self.dialogs.show_study()
        if change.touched(lambda state: state.requests.layout):
            self._apply_layout(change.after.requests.layout)
        after = change.after
        missing, question, file_choice = (
            after.requests.missing_cubes,
            after.requests.array_question,
            after.requests.file_choice,
        )
        if missing is not None and missing is not change.before.requests.missing_cubes:
            MissingCubesDialog(missing, self._workbench.projects, self).open()
        if question is not None and question != change.before.requests.array_question:
            ChoiceDialog(question, self._workbench.array_choice, self).open()
        if file_choice is not None and file_choice != change.before.requests.file_choice:
            FolderDialog(self._session, self._workbench, file_choice, self).open()

    def _remember(self, change: Change) -> None:
        """Put opened or saved files at the top of the recent files."""
        known = {document.id for document in change.before.documents.items}
        project = change.after.project.path
        if project is not None:
            self._recent.add(project)
            return
        for document in change.after.documents.items:
            if document.id not in known and document.cube.path is not None:
                self._recent.add(document.cube.path)

    def _show_title(self, state: State) -> None:
        document, project = state.document, state.project.path
        project_name = [project.name.removesuffix(PROJECT_SUFFIX)] if project else []
        cube_name = [document_names(state.documents)[document.id]] if document else []
        self.setWindowTitle(" - ".join([*cube_name, *project_name, "FOCUS Viewer"]) + "[*]")
        self.setWindowModified(state.unsaved)

    @property
    def layout_text(self) -> str:
        """Layout of the panels, in Base64."""
        return to_text(self.saveState())

    def _apply_layout(self, text: str) -> None:
        """Restore the layout that was saved with a project."""
        if text:
            self._last_layout = None
            self._session.requests.layout_applied()
            # After all panels have updated their size hints, which would move the splitters again.
            QTimer.singleShot(0, lambda: self._restore(text))

    def _restore(self, text: str) -> None:
        self.restoreState(from_text(text))
        self.panel_sizes.keep()

    def _follow(self, state: State) -> None:
        """Show the panels if a cube is open, otherwise only the welcome page."""
        document = state.document
        self._show_title(state)
        self._stack.setCurrentIndex(0 if document is None else 1)
        if document is None:
            self._last_layout = self._last_layout or self.saveState()
        for dock in self._docks:
            dock.toggleViewAction().setEnabled(document is not None)
            if document is None:
                dock.hide()
        if document is not None and self._last_layout is not None:
            self.restoreState(self._last_layout)
            self._last_layout = None
            self.panel_sizes.apply()
            self.panel_sizes.apply_soon()

    def open_paths(self, paths: list[Path]) -> None:
        """Open cubes or a project."""
        self.dialogs.open_paths(paths)

    def put_to_the_test(self) -> None:
        """Show the trust panel, and test the explanation of the active cube."""
        self._show_dock("trust")
        self._workbench.trust.test()

    def show_teaching(self) -> None:
        """Show the panel that teaches the user's own classes."""
        self._show_dock("teach")

    def _show_dock(self, name: str) -> None:
        dock = next(dock for dock in self._docks if dock.objectName() == name)
        dock.show()
        dock.raise_()

    def choose_model(self) -> None:
        """Show the menu of models in the decision panel."""
        dock = self._docks[0]
        dock.show()
        dock.raise_()
        self.class_panel.verticalScrollBar().setValue(0)
        self.class_panel.model.showPopup()

    def show_shortcuts(self) -> None:
        """Show the keyboard shortcuts."""
        ShortcutsDialog(self.commands.shortcuts, self).open()

    def show_about(self) -> None:
        """Show version, paper and licence."""
        QMessageBox.about(self, "About FOCUS Viewer", _ABOUT.format(version=__version__))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Hide the window and stop background work; prompt first if work is unsaved."""
        if self._session.state.unsaved and not self._may_close:
            event.ignore()
            self.project_menu.prompt_to_save(self.leave)
            return
        self._remember_window()
        self.hide()
        self.dialogs.close_windows()
        self._workbench.close()
        super().closeEvent(event)

    def leave(self) -> None:
        """Close without prompting."""
        self._may_close = True
        self.close()
