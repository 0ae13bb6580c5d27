"""Commands for data export and for the indices in the region table."""

from __future__ import annotations

from typing import Protocol

from focus_viewer.ui.widgets.command import Command, has_cube


class ExportDialogs(Protocol):
    """Actions that need the window."""

    def export_data(self) -> None:
        """Show the export dialog."""
        ...

    def choose_indices(self) -> None:
        """Show the dialog for vegetation indices in the region table."""
        ...


def export_commands(dialogs: ExportDialogs) -> tuple[Command, ...]:
    """Build the export commands of the File menu."""
    return (
        Command(
            "export_data", "File", "Export data...", dialogs.export_data, "Ctrl+Shift+E", has_cube
        ),
    )


def index_commands(dialogs: ExportDialogs) -> tuple[Command, ...]:
    """Build the index commands of the Regions menu."""
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
