"""Main window: layout of the views, and the dialogs that it opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from focus_viewer.core.documents.samples import read_samples
from focus_viewer.session.session import Session
from focus_viewer.session.state.document_names import document_names
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.projects import PROJECT_SUFFIX
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.help.about import show_about
from focus_viewer.ui.help.context import PANEL_PAGES
from focus_viewer.ui.help.menu import HelpMenu
from focus_viewer.ui.layout.docks import Docks
from focus_viewer.ui.layout.later import Later
from focus_viewer.ui.layout.remembered_window import (
    LeftWindow,
    from_text,
    read_window,
    to_text,
    write_window,
)
from focus_viewer.ui.models.remembered import RememberedModels
from focus_viewer.ui.opening.contradiction_banner import ContradictionBanner
from focus_viewer.ui.preprocessing.calibration_banner import CalibrationOffer
from focus_viewer.ui.shell.actions import Actions
from focus_viewer.ui.shell.command_table import commands
from focus_viewer.ui.shell.context_menus import ContextMenus
from focus_viewer.ui.shell.dialogs import Dialogs
from focus_viewer.ui.shell.document_tabs import DocumentTabs
from focus_viewer.ui.shell.drop import DropFilter
from focus_viewer.ui.shell.questions import Questions
from focus_viewer.ui.shell.recent import RecentFiles
from focus_viewer.ui.shell.recent_menu import RecentMenu
from focus_viewer.ui.shell.shortcuts_dialog import ShortcutsDialog
from focus_viewer.ui.shell.tab_row import TabRow
from focus_viewer.ui.shell.theme_menu import ThemeChoice, ThemeMenu
from focus_viewer.ui.shell.welcome import Welcome
from focus_viewer.ui.shell.window_keys import WindowKeys
from focus_viewer.ui.shell.zoom_commands import zoom_commands
from focus_viewer.ui.status.bar import fill_status_bar
from focus_viewer.ui.status.job_status import JobStatus
from focus_viewer.ui.status.overlaid import Overlaid
from focus_viewer.ui.status.problem_banner import ProblemBanner
from focus_viewer.ui.status.recovery_banner import RecoveryBanner
from focus_viewer.ui.widgets.command import NOT_EXPLAINED, Command, has_cube, where
from focus_viewer.ui.widgets.fitting import room_for
from focus_viewer.ui.widgets.style import change_theme

if TYPE_CHECKING:
    from focus_viewer.ui.curves.curve_view import CurveView
    from focus_viewer.ui.image.image_area import ImageArea
    from focus_viewer.ui.image.image_view import ImageView
    from focus_viewer.ui.panels.class_panel import ClassPanel
    from focus_viewer.ui.panels.metadata_panel import MetadataPanel
    from focus_viewer.ui.panels.trust_panel import TrustPanel
    from focus_viewer.ui.regions.panel import RegionPanel
    from focus_viewer.ui.teaching.panel import TeachPanel
    from focus_viewer.ui.volume.volume_view import VolumeView

VIEWS = "focus_viewer.ui.shell.views"
_SIZE_PX = QSize(1440, 900)
_SHARE = 0.75  # of a screen that has more room


class MainWindow(QMainWindow):
    """Main window, with the header of the sample and the settings that store what it remembers.

    Its views load libraries that take longer than the rest: with `paint_first` the window has only
    menus and the welcome page at first, and the views are built once that is painted (`later`).
    """

    image_area: ImageArea
    image_view: ImageView
    curve_view: CurveView
    volume_view: VolumeView
    region_panel: RegionPanel
    metadata_panel: MetadataPanel
    class_panel: ClassPanel
    trust_panel: TrustPanel
    teach_panel: TeachPanel

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        sample: Path,
        settings: QSettings,
        theme: ThemeChoice = "dark",
        paint_first: bool = False,
    ) -> None:
        super().__init__()
        self._session = session
        self._workbench = workbench
        self._settings = settings
        self._recent = RecentFiles(settings)
        self._models = RememberedModels(session, settings)
        self._may_close = False
        self.dialogs = Dialogs(self, session, workbench, self._recent, lambda: self.layout_text)
        self.project_menu = self.dialogs.project_menu
        self.help_menu = HelpMenu(self, session)
        self._keys = WindowKeys(self, settings, self._focus_targets, self._show_dock)
        table = commands(session, workbench, self.dialogs, sample)
        zooms = zoom_commands(self._whole_image_view, lambda: self.volume_view.reset_view())
        table = (*table, *zooms, *self._keys.commands(), *self._window_commands())
        self.commands = Actions(self, session, table)
        self._build_menus(settings, theme)
        self.tabs = self._make_tabs()
        self.job_status = JobStatus(session, workbench)
        self._welcome = Welcome(
            self.commands["open_sample"],
            self.commands["open"],
            self._recent,
            self.open_paths,
            read_samples(sample.parent),
        )
        self._menus = ContextMenus(self, self.commands)
        self._stack = self._build_centre()
        self._docks = Docks(self, self.commands.menus["View"], PANEL_PAGES)
        self.panel_sizes = self._docks.sizes
        self._first_layout = self.saveState()
        self._last_layout: QByteArray | None = self._first_layout
        self._come_back()
        fill_status_bar(self.statusBar(), self.job_status, session, workbench)
        self._questions = Questions(self, session, workbench)
        self._drop = DropFilter(self, self.open_paths, self._welcome.highlight)
        session.changed.connect(self._on_changed)
        self.later = Later(self, VIEWS, self._build_views, self._on_complete)
        self._follow(session.state)
        if not paint_first:
            self.later.finish()
        workbench.models.find(self._models.folders())

    def _build_menus(self, settings: QSettings, theme: ThemeChoice) -> None:
        """Add the menus whose entries are not rows of the table."""
        self.theme_menu = ThemeMenu(self.commands.menus["View"], settings, theme, change_theme)
        self._recent_menu = RecentMenu(self._recent, self.open_paths, self.commands)
        # Dialogs that stay open beside the window have pages too.
        everywhere = Qt.ShortcutContext.ApplicationShortcut
        self.commands["guide"].setShortcutContext(everywhere)

    def _window_commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "test",
                "Explain",
                "Put to the test",
                self.put_to_the_test,
                "F6",
                where(lambda document: document.explanation, NOT_EXPLAINED),
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
            *self.help_menu.commands()[:1],
            Command("shortcuts", "Help", "Keyboard shortcuts", self.show_shortcuts, "Ctrl+F1"),
            *self.help_menu.commands()[1:],
            Command("about", "Help", "About FOCUS Viewer", self.show_about),
        )

    # Layout

    def _build_views(self) -> Iterator[None]:
        """Build the views one by one, then put them into their docks."""
        from focus_viewer.ui.shell.views import build_views

        yield from build_views(partial(setattr, self), self._session, self._workbench, self.dialogs)
        self.image_view = self.image_area.first
        self._stack.addWidget(self.image_area)
        yield
        tools, header = self.dialogs.tool_windows, self.image_view.header
        tools.serve(header)
        panels = (
            self.class_panel,
            self.volume_view,
            self.curve_view,
            self.region_panel,
            self.metadata_panel,
            self.trust_panel,
            self.teach_panel,
        )
        yield from self._docks.fill(panels)
        canvases = [pane.canvas for pane in (self.image_area.first, self.image_area.second)]
        self._menus.give_views(canvases, self.curve_view, self.volume_view, self.region_panel.table)

    def _on_complete(self) -> None:
        """Show what was opened while the views were being built."""
        self._follow(self._session.state)
        self._apply_layout(self._session.state.requests.layout)

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
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TabRow(self._session, self.tabs))
        column.addWidget(stack, 1)
        self._lay_banners_over(stack)
        self.setCentralWidget(centre)
        return stack

    def _lay_banners_over(self, stack: QStackedWidget) -> None:
        session, work, dialogs = self._session, self._workbench, self.dialogs
        menu = dialogs.preprocessing_menu
        Overlaid(
            stack,
            CalibrationOffer(session, work.preprocessing, menu.calibrate),
            ContradictionBanner(session, work.cube_values, dialogs.give_values),
            RecoveryBanner(session, work.projects, self.project_menu.prompt_to_save),
            ProblemBanner(session),
        )

    def reset_layout(self) -> None:
        """Restore the initial layout of the panels."""
        if self._session.state.document is not None:
            self.later.finish()
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
        left = LeftWindow(
            to_text(self.saveGeometry()),
            to_text(self._last_layout or self.saveState()),
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
        if text and self.later.done:
            self._last_layout = None
            self._session.requests.layout_applied()
            # After all panels have updated their size hints, which would move the splitters again.
            QTimer.singleShot(0, lambda: self._restore(text))

    def _restore(self, text: str) -> None:
        self.restoreState(from_text(text))
        self.panel_sizes.keep()

    def _follow(self, state: State) -> None:
        """Show the panels if a cube is open, otherwise only the welcome page."""
        document = state.document if self.later.done else None
        self._show_title(state)
        self._stack.setCurrentIndex(0 if document is None else 1)
        if document is None:
            self._last_layout = self._last_layout or self.saveState()
        self._docks.allow(document is not None)
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
        self.later.finish()
        self._docks.show(name)

    def choose_model(self) -> None:
        """Show the menu of models in the decision panel."""
        self._show_dock("decision")
        self.class_panel.verticalScrollBar().setValue(0)
        self.class_panel.model.showPopup()

    def _whole_image_view(self) -> ImageView:
        self.later.finish()  # a key can come before the views are built
        return self.image_area.active

    def _focus_targets(self) -> dict[str, QWidget]:
        return {
            "image": self.image_view.canvas,
            "curve": self.curve_view,
            "volume": self.volume_view,
            "regions": self.region_panel.first_control,
            "decision": self.class_panel.model,
            "tools": self.image_view.tools.chosen(self._session.state),
        }

    def show_shortcuts(self) -> None:
        """Show the keyboard shortcuts."""
        ShortcutsDialog(self.commands.shortcuts, self).open()

    def show_about(self) -> None:
        """Show version, paper and licence."""
        show_about(self)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Hide the window and stop background work; prompt first if work is unsaved."""
        if self._session.state.unsaved and not self._may_close:
            event.ignore()
            self.project_menu.prompt_to_save(self.leave)
            return
        self._remember_window()
        self.hide()
        self.dialogs.close_windows()
        self.help_menu.close()
        self._workbench.close()
        super().closeEvent(event)

    def leave(self) -> None:
        """Close without prompting."""
        self._may_close = True
        self.close()
