"""Commands that write data for other programs, and choose what the table of regions tells."""

from __future__ import annotations

from typing import Protocol

from focus_viewer.ui.widgets.command import Command, has_cube


class ExportDialogs(Protocol):
    """What only the window can do."""

    def export_data(self) -> None:
        """Ask what to write where, and write it."""
        ...

    def choose_indices(self) -> None:
        """Ask which vegetation indices the table of regions shows."""
        ...


def export_commands(dialogs: ExportDialogs) -> tuple[Command, ...]:
    """Rows of the table of commands, for the menu of files."""
    return (
        Command(
            "export_data", "File", "Export data...", dialogs.export_data, "Ctrl+Shift+E", has_cube
        ),
    )


def index_commands(dialogs: ExportDialogs) -> tuple[Command, ...]:
    """Rows of the table of commands, for the menu of regions."""
    return (
        Command(
            "choose_indices",
            "Regions",
            "Indices of the table...",
            dialogs.choose_indices,
            "",
            has_cube,
        ),
    )
