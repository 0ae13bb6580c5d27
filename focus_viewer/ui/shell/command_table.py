"""Table of all commands in the window: menu, text, shortcut and when each is enabled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.cubes.advice import VALUES_COMMAND
from focus_viewer.core.pictures.composite import CompositeRecipe, Kind
from focus_viewer.core.saliency.modes import MODE_WORDS
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.projects import PROJECT_SUFFIX
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.picture_names import picture_name, possible
from focus_viewer.ui.regions.commands import has_regions, has_selected_regions, region_commands
from focus_viewer.ui.shell.dialogs import Dialogs
from focus_viewer.ui.shell.edit_commands import edit_commands
from focus_viewer.ui.widgets.command import (
    NOT_EXPLAINED,
    Command,
    Condition,
    has_cube,
    where,
)

_has_volume = where(lambda document: document.explanation, NOT_EXPLAINED)
_by_rival = where(lambda document: document.viewed_rival)
_has_array = where(lambda document: document.cube.array_name, "The file has one array only")
_has_file = where(lambda document: document.cube.path, "The cube is not from a file")
_has_several = Condition(lambda state: len(state.documents.items) > 1, "Open a second cube first")


def commands(
    session: Session, workbench: Workbench, dialogs: Dialogs, sample: Path
) -> tuple[Command, ...]:
    """Build the table of commands."""
    return (
        *_file_commands(workbench, dialogs, sample),
        *edit_commands(workbench.undoing),
        *_view_commands(session, dialogs),
        *dialogs.tool_windows.commands(),
        *_explain_commands(session, workbench),
        *_band_commands(session),
        *region_commands(session, workbench.regions.draw_strongest, workbench.regions.draw_leaves),
        *_region_file_commands(dialogs),
        *_label_commands(dialogs),
        Command(
            "compare_models",
            "Explain",
            "Compare models...",
            dialogs.compare_models,
            "Shift+M",
            has_cube,
        ),
        *_study_commands(workbench, dialogs),
    )


def _any_unexplained(state: State) -> bool:
    return any(document.explanation is None for document in state.documents.items)


def _study_commands(workbench: Workbench, dialogs: Dialogs) -> tuple[Command, ...]:
    queue = workbench.explaining_all
    return (
        Command(
            "explain_all",
            "Study",
            "Explain all open cubes",
            queue.start,
            "F8",
            Condition(_any_unexplained, "All open cubes are explained"),
        ),
        Command(
            "pause_all",
            "Study",
            "Pause explaining all",
            queue.toggle_pause,
            "Shift+F8",
            Condition(lambda state: bool(state.queue.ids), "No cube waits to be explained"),
            lambda state: state.queue.paused,
        ),
        Command("study", "Study", "Compare groups...", dialogs.show_study, "F9", separator=True),
        Command("open_study", "Study", "Open study...", dialogs.open_study, "Shift+F9"),
    )


def _file_commands(workbench: Workbench, dialogs: Dialogs, sample: Path) -> tuple[Command, ...]:
    def open_sample() -> None:
        dialogs.open_paths([sample])

    def open_sample_project() -> None:
        dialogs.open_paths([sample.with_name(f"sample{PROJECT_SUFFIX}")])

    return (
        Command("open", "File", "Open...", dialogs.choose_files, "Ctrl+O"),
        Command("open_folder", "File", "Open folder...", dialogs.choose_folder, "Ctrl+Shift+O"),
        Command("open_sample", "File", "Open the sample leaf", open_sample, "Ctrl+L"),
        Command("open_sample_project", "File", "Open the sample project", open_sample_project),
        *dialogs.tool_windows.file_commands(),
        *dialogs.project_menu.commands(),
        Command(
            "choose_array",
            "File",
            "Choose the array again...",
            workbench.array_choice.ask_again,
            "",
            _has_array,
            separator=True,
        ),
        Command("values", "File", f"{VALUES_COMMAND}...", dialogs.give_values, "Ctrl+I", _has_file),
        *dialogs.preprocessing_menu.file_commands(),
        Command(
            "export_data",
            "File",
            "Export data...",
            dialogs.export_data,
            "Ctrl+Shift+E",
            has_cube,
            separator=True,
        ),
        Command("figure", "File", "Publication figure...", dialogs.show_figure, "Ctrl+E", has_cube),
        Command("screenshot", "File", "Save screenshot...", dialogs.save_screenshot, "F12"),
        Command(
            "close_cube",
            "File",
            "Close cube",
            dialogs.close_cube,
            "Ctrl+W",
            has_cube,
            separator=True,
        ),
        Command(
            "close_others", "File", "Close other cubes", dialogs.close_others, "", _has_several
        ),
        Command("quit", "File", "Quit", dialogs.window.close, "Ctrl+Q", separator=True),
    )


def _view_commands(session: Session, dialogs: Dialogs) -> tuple[Command, ...]:
    return (
        *_image_commands(session),
        Command(
            "compare",
            "View",
            "Compare two cubes",
            lambda: _compare(session),
            "C",
            _has_several,
            lambda state: state.comparison.pair is not None,
            separator=True,
        ),
        *_cube_commands(session),
        *_volume_commands(session),
        *dialogs.preprocessing_menu.view_commands(),
        Command(
            "clear_pins",
            "View",
            "Clear pinned spectra",
            session.pins.clear,
            "Ctrl+Backspace",
            where(lambda document: document.pins, "No spectrum is pinned"),
            separator=True,
        ),
        Command(
            "legend",
            "View",
            "Legend of the spectra",
            lambda: _toggle_legend(session),
            "",
            has_cube,
            lambda state: state.view.display.legend,
        ),
    )


def _toggle_legend(session: Session) -> None:
    display = session.state.view.display
    session.view.set_display(replace(display, legend=not display.legend))


def _cube_commands(session: Session) -> tuple[Command, ...]:
    def show(steps: int) -> Callable[[], None]:
        return lambda: _activate_beside(session, steps)

    return (
        Command("next_cube", "View", "Next cube", show(1), "Ctrl+Tab", _has_several),
        Command("previous_cube", "View", "Previous cube", show(-1), "Ctrl+Shift+Tab", _has_several),
    )


def _activate_beside(session: Session, steps: int) -> None:
    """Activate the open cube that is so many tabs further on, round the end."""
    documents = session.state.documents
    ids = [document.id for document in documents.items]
    if documents.active in ids:
        session.documents.activate(ids[(ids.index(documents.active) + steps) % len(ids)])


def _image_commands(session: Session) -> tuple[Command, ...]:
    def toggle_heatmap() -> None:
        session.view.show_heatmap(not session.state.heatmap_shown)

    def composite(name: str, kind: Kind, key: str) -> Command:
        return Command(
            name,
            "View",
            picture_name(kind),
            lambda: session.view.set_recipe(CompositeRecipe(kind)),
            key,
            where(lambda document: possible(kind, document.cube), "The cube lacks these bands"),
            lambda state: state.recipe.kind == kind,
            separator=kind == "rgb",
            named=lambda state: picture_name(kind, state.document.cube if state.document else None),
        )

    return (
        Command(
            "heatmap",
            "View",
            "Heatmap overlay",
            toggle_heatmap,
            "H",
            _has_volume,
            lambda state: state.heatmap_shown,
        ),
        composite("rgb", "rgb", "1"),
        composite("infrared", "cir", "2"),
        composite("header_bands", "header", "3"),
    )


def _volume_commands(session: Session) -> tuple[Command, ...]:
    def rendering(text: str, method: VolumeMethod, separator: bool = False) -> Command:
        return Command(
            method,
            "View",
            text,
            lambda: session.view.set_display(
                replace(session.state.view.display, volume_method=method)
            ),
            "",
            _has_volume,
            lambda state: state.view.display.volume_method == method,
            separator,
        )

    return (
        rendering("Volume: translucent", "translucent", separator=True),
        rendering("Volume: maximum intensity projection", "mip"),
    )


def _compare(session: Session) -> None:
    """Compare the active cube with the next open one, or end the comparison."""
    state = session.state
    ids = [document.id for document in state.documents.items]
    if state.comparison.pair is not None or state.documents.active not in ids:
        session.pair.show_with(None)
    else:
        session.pair.show_with(ids[(ids.index(state.documents.active) + 1) % len(ids)])


def _region_file_commands(dialogs: Dialogs) -> tuple[Command, ...]:
    def command(
        name: str, text: str, run: Callable[[], None], possible: Callable[[State], bool]
    ) -> Command:
        separator = name == "open_regions"
        return Command(name, "Regions", text, run, "", possible, separator=separator)

    return (
        command("open_regions", "Open regions...", dialogs.open_regions, has_cube),
        command("save_regions", "Save regions...", dialogs.save_regions, has_regions),
        command("save_table", "Save the table (CSV)...", dialogs.save_region_table, has_regions),
        command("choose_indices", "Indices of the table...", dialogs.choose_indices, has_cube),
    )


def _label_commands(dialogs: Dialogs) -> tuple[Command, ...]:
    return (
        Command("label_cubes", "Teach", "Label cubes...", dialogs.label_cubes, "L", has_cube),
        Command("read_labels", "Teach", "Read labels from a table...", dialogs.read_labels),
    )


def _explain_commands(session: Session, workbench: Workbench) -> tuple[Command, ...]:
    def saliency(mode: Mode, key: str) -> Command:
        return Command(
            mode,
            "Explain",
            MODE_WORDS[mode].title,
            lambda: session.view.set_mode(mode),
            key,
            _has_volume,
            lambda state: state.view.display.mode == mode and not _by_rival(state),
            separator=mode == "evidence",
        )

    is_running = Condition(
        lambda state: state.jobs.explaining.is_running(), "Nothing is being explained"
    )
    return (
        Command("explain", "Explain", "Explain again", workbench.explain, "F5", has_cube),
        Command(
            "explain_in_selected",
            "Explain",
            "Explain in the selected regions",
            workbench.explaining.explain_in_selected,
            "Shift+F5",
            has_selected_regions,
        ),
        Command(
            "explain_each_region",
            "Explain",
            "Explain each region alone",
            workbench.explaining.explain_each_region,
            "Ctrl+F5",
            has_regions,
        ),
        Command("cancel", "Explain", "Cancel", workbench.explaining.cancel, "Esc", is_running),
        saliency("evidence", "E"),
        saliency("attention", "A"),
        saliency("signature", "G"),
        saliency("unattributed", "U"),
    )


def _band_commands(session: Session) -> tuple[Command, ...]:
    def step(steps: int) -> Callable[[], None]:
        return lambda: session.view.step_band(steps)

    def widen(factor: float) -> Callable[[], None]:
        def run() -> None:
            window = session.state.view.window_nm
            session.view.set_window(window.center_nm, window.width_nm * factor)

        return run

    return (
        Command("next_band", "Band", "Next band", step(1), "Right", has_cube),
        Command("previous_band", "Band", "Previous band", step(-1), "Left", has_cube),
        Command("forward_10", "Band", "Forward 10 bands", step(10), "Shift+Right", has_cube),
        Command("back_10", "Band", "Back 10 bands", step(-10), "Shift+Left", has_cube),
        Command("wider", "Band", "Wider window", widen(1.25), "]", has_cube, separator=True),
        Command("narrower", "Band", "Narrower window", widen(0.8), "[", has_cube),
    )
