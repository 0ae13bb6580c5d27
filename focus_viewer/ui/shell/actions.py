"""Every command of the window in one table: its menu, words, shortcut and when it is possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.session.session import Session
from focus_viewer.session.state.display import VolumeMethod
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.projects import PROJECT_SUFFIX
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.preprocessing.menu import PreprocessingMenu
from focus_viewer.ui.regions.commands import RegionDialogs, region_commands
from focus_viewer.ui.shell.export_commands import ExportDialogs, export_commands, index_commands
from focus_viewer.ui.shell.project_menu import ProjectMenu
from focus_viewer.ui.widgets.command import Command, has_cube


class Dialogs(RegionDialogs, ExportDialogs, Protocol):
    """What only the window can do."""

    def choose_files(self) -> None:
        """Ask for cubes and open them."""
        ...

    def choose_folder(self) -> None:
        """Ask for a folder and open its cubes."""
        ...

    def open_paths(self, paths: list[Path]) -> None:
        """Open cubes."""
        ...

    @property
    def project_menu(self) -> ProjectMenu:
        """What it can do with projects."""
        ...

    @property
    def preprocessing_menu(self) -> PreprocessingMenu:
        """What it can do to the numbers of a cube."""
        ...

    def close_cube(self) -> None:
        """Close the cube on the screen; ask first where work would go with it."""
        ...

    def choose_array(self) -> None:
        """Ask again which array of the file on the screen is the cube."""
        ...

    def show_figure(self) -> None:
        """Show the dialog of the publication figure."""
        ...

    def save_screenshot(self) -> None:
        """Ask where to, and write a picture of the window."""
        ...

    def show_shortcuts(self) -> None:
        """Show the keyboard shortcuts."""
        ...

    def show_about(self) -> None:
        """Say what this is."""
        ...

    def reset_layout(self) -> None:
        """Put all panels back where they were at first."""
        ...

    def close(self) -> bool:
        """Leave."""
        ...


def commands(
    session: Session, workbench: Workbench, dialogs: Dialogs, sample: Path
) -> tuple[Command, ...]:
    """The table."""
    return (
        *_file_commands(session, dialogs, sample),
        *_view_commands(session, dialogs),
        *_explain_commands(session, workbench),
        *_band_commands(session),
        *region_commands(session, dialogs),
        *index_commands(dialogs),
        Command("shortcuts", "Help", "Keyboard shortcuts", dialogs.show_shortcuts, "F1"),
        Command("about", "Help", "About FOCUS Viewer", dialogs.show_about),
    )


def _has_volume(state: State) -> bool:
    return state.document is not None and state.document.explanation is not None


def _has_array(state: State) -> bool:
    """Whether the cube on the screen is one of the arrays of its file."""
    return state.document is not None and bool(state.document.cube.array_name)


def _is_running(state: State) -> bool:
    return state.job.status == "running"


def _file_commands(session: Session, dialogs: Dialogs, sample: Path) -> tuple[Command, ...]:
    def open_sample() -> None:
        dialogs.open_paths([sample])

    def open_sample_project() -> None:
        dialogs.open_paths([sample.with_name(f"sample{PROJECT_SUFFIX}")])

    return (
        Command("open", "File", "Open...", dialogs.choose_files, "Ctrl+O"),
        Command("open_folder", "File", "Open folder...", dialogs.choose_folder, "Ctrl+Shift+O"),
        Command("open_sample", "File", "Open the sample leaf", open_sample, "Ctrl+L"),
        Command("open_sample_project", "File", "Open the sample project", open_sample_project),
        Command(
            "choose_array",
            "File",
            "Choose the array again...",
            dialogs.choose_array,
            "",
            _has_array,
        ),
        *dialogs.project_menu.commands(),
        Command(
            "close_cube",
            "File",
            "Close cube",
            dialogs.close_cube,
            "Ctrl+W",
            has_cube,
            separator=True,
        ),
        *dialogs.preprocessing_menu.file_commands(),
        *export_commands(dialogs),
        Command("figure", "File", "Publication figure...", dialogs.show_figure, "Ctrl+E", has_cube),
        Command(
            "screenshot", "File", "Save a picture of the window...", dialogs.save_screenshot, "F12"
        ),
        Command("quit", "File", "Quit", dialogs.close, "Ctrl+Q", separator=True),
    )


def _view_commands(session: Session, dialogs: Dialogs) -> tuple[Command, ...]:
    return (
        *_picture_commands(session),
        Command(
            "compare",
            "View",
            "Compare two cubes",
            lambda: _compare(session),
            "C",
            lambda state: len(state.documents) > 1,
            lambda state: state.pair is not None,
            separator=True,
        ),
        *_volume_commands(session),
        *dialogs.preprocessing_menu.view_commands(),
        Command(
            "clear_pins",
            "View",
            "Clear pinned spectra",
            session.clear_pins,
            "Ctrl+Backspace",
            lambda state: state.document is not None and bool(state.document.pins),
            separator=True,
        ),
        Command(
            "reset_layout", "View", "Reset the panels", dialogs.reset_layout, "", separator=True
        ),
    )


def _picture_commands(session: Session) -> tuple[Command, ...]:
    def toggle_heatmap() -> None:
        session.set_display(heatmap=not session.state.display.heatmap)

    def recipe(name: str, text: str, wanted: CompositeRecipe, key: str) -> Command:
        return Command(
            name,
            "View",
            text,
            lambda: session.set_recipe(wanted),
            key,
            has_cube,
            lambda state: state.display.recipe == wanted,
            separator=name == "rgb",
        )

    return (
        Command(
            "heatmap",
            "View",
            "Heatmap over the picture",
            toggle_heatmap,
            "H",
            _has_volume,
            lambda state: state.display.heatmap,
        ),
        recipe("rgb", "RGB composite", CompositeRecipe("rgb"), "1"),
        recipe("infrared", "Colour infrared", CompositeRecipe("cir"), "2"),
    )


def _volume_commands(session: Session) -> tuple[Command, ...]:
    def method(text: str, wanted: VolumeMethod, separator: bool = False) -> Command:
        return Command(
            wanted,
            "View",
            text,
            lambda: session.set_display(volume_method=wanted),
            "",
            _has_volume,
            lambda state: state.display.volume_method == wanted,
            separator,
        )

    return (
        method("Volume: translucent", "translucent", separator=True),
        method("Volume: maximum projection", "mip"),
    )


def _compare(session: Session) -> None:
    """Show the next open cube together with the active one, or end it."""
    state = session.state
    ids = [document.id for document in state.documents]
    if state.pair is not None or state.active not in ids:
        session.pair_with(None)
    else:
        session.pair_with(ids[(ids.index(state.active) + 1) % len(ids)])


def _explain_commands(session: Session, workbench: Workbench) -> tuple[Command, ...]:
    def mode(wanted: Mode, key: str) -> Command:
        return Command(
            wanted,
            "Explain",
            wanted.capitalize(),
            lambda: session.set_display(mode=wanted),
            key,
            _has_volume,
            lambda state: state.display.mode == wanted,
            separator=wanted == "evidence",
        )

    return (
        Command("explain", "Explain", "Explain again", workbench.explain, "F5", has_cube),
        Command("cancel", "Explain", "Cancel", workbench.cancel, "Esc", _is_running),
        mode("evidence", "E"),
        mode("attention", "A"),
    )


def _band_commands(session: Session) -> tuple[Command, ...]:
    def step(steps: int) -> Callable[[], None]:
        return lambda: session.step_band(steps)

    def widen(factor: float) -> Callable[[], None]:
        def run() -> None:
            window = session.state.window_nm
            session.set_window(window.center_nm, window.width_nm * factor)

        return run

    return (
        Command("next_band", "Band", "Next band", step(1), "Right", has_cube),
        Command("previous_band", "Band", "Previous band", step(-1), "Left", has_cube),
        Command("ten_on", "Band", "Ten bands on", step(10), "Shift+Right", has_cube),
        Command("ten_back", "Band", "Ten bands back", step(-10), "Shift+Left", has_cube),
        Command("wider", "Band", "Wider window", widen(1.25), "]", has_cube, separator=True),
        Command("narrower", "Band", "Narrower window", widen(0.8), "[", has_cube),
    )


class Actions:
    """The table as menus and QActions that follow the state.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    table : tuple of Command
    """

    def __init__(self, window: QMainWindow, session: Session, table: tuple[Command, ...]) -> None:
        self._table = table
        self._actions = {command.name: _action(command, window) for command in table}
        self.menus = {
            menu: window.menuBar().addMenu(menu)
            for menu in dict.fromkeys(command.menu for command in table)
        }
        for command in table:
            if command.separator:
                self.menus[command.menu].addSeparator()
            self.menus[command.menu].addAction(self._actions[command.name])
        window.addActions(list(self._actions.values()))
        session.changed.connect(self._on_changed)
        self._follow(session.state)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Menu, text and key of every command that has a key."""
        return [(one.menu, one.text, one.shortcut) for one in self._table if one.shortcut]

    def _on_changed(self, change: Change) -> None:
        self._follow(change.after)

    def _follow(self, state: State) -> None:
        for command in self._table:
            action = self._actions[command.name]
            action.setEnabled(command.possible(state))
            if command.checked is not None:
                action.setChecked(command.checked(state))


def _action(command: Command, window: QMainWindow) -> QAction:
    action = QAction(command.text, window)
    action.setObjectName(command.name)
    action.setCheckable(command.checked is not None)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    action.triggered.connect(lambda: command.run())
    return action
