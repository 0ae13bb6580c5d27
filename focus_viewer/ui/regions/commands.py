"""Commands for annotated regions."""

from __future__ import annotations

from collections.abc import Callable

from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.selection import Tool
from focus_viewer.ui.drawing.toolbar import TOOLS
from focus_viewer.ui.widgets.command import NOT_EXPLAINED, Command, Condition, has_cube, where

has_regions = where(lambda document: document.annotations.regions, "Draw a region first")
has_selected_regions = where(lambda document: document.selected, "Select a region first")


def region_commands(
    session: Session, strongest: Callable[[], None], leaves: Callable[[], None]
) -> tuple[Command, ...]:
    """Return the commands for regions.

    Parameters
    ----------
    strongest, leaves : callable
        Draw the region of the strongest saliency, and one of each leaf.
    """
    return (
        *(_tool(session, tool) for tool in TOOLS),
        Command(
            "select_all",
            "Regions",
            "Select all",
            lambda: _select_all(session),
            "Ctrl+A",
            has_regions,
            separator=True,
        ),
        _on_selected(session, "duplicate", "Duplicate", "Ctrl+D", session.regions.duplicate),
        _on_selected(session, "remove", "Remove", "Del", session.regions.remove),
        _on_selected(session, "hide_regions", "Hide or show", "", lambda _: toggle_hidden(session)),
        _on_selected(
            session, "lock_regions", "Lock or unlock", "", lambda _: toggle_locked(session)
        ),
        Command(
            "threshold",
            "Regions",
            "Region from the strongest saliency",
            strongest,
            "Ctrl+T",
            Condition(lambda state: state.viewed_volume is not None, NOT_EXPLAINED),
            separator=True,
        ),
        Command(
            "leaves",
            "Regions",
            "Leaves as regions",
            leaves,
            "Shift+L",
            where(lambda document: document.explanation, NOT_EXPLAINED),
        ),
    )


def chosen_regions(session: Session) -> list[Annotation]:
    """Return the selected regions of the active document."""
    document = session.state.document
    if document is None:
        return []
    return [region for region in document.annotations if region.id in document.selected]


def toggle_hidden(session: Session) -> None:
    """Hide all selected regions, or show them if all are hidden."""
    chosen = chosen_regions(session)
    hidden = not all(region.hidden for region in chosen)
    session.regions.set_hidden([region.id for region in chosen], hidden)


def toggle_locked(session: Session) -> None:
    """Lock all selected regions, or unlock them if all are locked."""
    chosen = chosen_regions(session)
    locked = not all(region.locked for region in chosen)
    session.regions.set_locked([region.id for region in chosen], locked)


def _select_all(session: Session) -> None:
    document = session.state.document
    if document is not None:
        session.regions.select([region.id for region in document.annotations])


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

    return Command(name, "Regions", text, on_selected, key, has_selected_regions)
