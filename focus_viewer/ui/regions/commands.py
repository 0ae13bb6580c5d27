"""Commands for annotated regions."""

from __future__ import annotations

from collections.abc import Callable

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.selection import Tool
from focus_viewer.session.state.state import State
from focus_viewer.ui.drawing.toolbar import TOOLS
from focus_viewer.ui.widgets.command import Command, has_cube


def region_commands(session: Session, strongest: Callable[[], None]) -> tuple[Command, ...]:
    """Return the commands for regions; `strongest` draws that of the strongest saliency."""
    return (
        *(_tool(session, tool) for tool in TOOLS),
        Command(
            "undo", "Regions", "Undo", session.regions.undo, "Ctrl+Z", _can_undo, separator=True
        ),
        Command("redo", "Regions", "Redo", session.regions.redo, "Ctrl+Shift+Z", _can_redo),
        Command(
            "select_all",
            "Regions",
            "Select all",
            lambda: session.regions.select([region.id for region in _regions(session.state)]),
            "Ctrl+A",
            has_regions,
            separator=True,
        ),
        _on_selected(session, "duplicate", "Duplicate", "Ctrl+D", session.regions.duplicate),
        _on_selected(session, "remove", "Remove", "Del", session.regions.remove),
        Command(
            "threshold",
            "Regions",
            "Region from the strongest saliency",
            strongest,
            "Ctrl+T",
            lambda state: state.volume is not None,
            separator=True,
        ),
    )


def has_regions(state: State) -> bool:
    """Return whether the active document has regions."""
    return bool(_regions(state))


def _regions(state: State) -> tuple[Annotation, ...]:
    return state.document.annotations.regions if state.document else ()


def _tool(session: Session, tool: Tool) -> Command:
    name, key, _ = TOOLS[tool]
    return Command(
        f"tool_{tool}",
        "Regions",
        name,
        lambda: session.selection.choose_tool(tool),
        key,
        has_cube,
        lambda state: state.selection.tool == tool,
    )


def _on_selected(
    session: Session, name: str, text: str, key: str, run: Callable[[tuple[int, ...]], None]
) -> Command:
    def on_selected() -> None:
        document = session.state.document
        if document is not None:
            run(document.selected)

    return Command(name, "Regions", text, on_selected, key, _has_selected)


def _document_is(state: State, condition: Callable[[Document], bool]) -> bool:
    return state.document is not None and condition(state.document)


def _has_selected(state: State) -> bool:
    return _document_is(state, lambda document: bool(document.selected))


def _can_undo(state: State) -> bool:
    return _document_is(state, lambda document: bool(document.history.past))


def _can_redo(state: State) -> bool:
    return _document_is(state, lambda document: bool(document.history.future))
