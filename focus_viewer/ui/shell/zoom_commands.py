"""Commands of the View menu that zoom the image and reset the volume."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from focus_viewer.ui.widgets.command import NOT_EXPLAINED, Command, has_cube, where


class Zoomed(Protocol):
    """View of an image that can be zoomed."""

    def fit(self) -> None:
        """Show the whole image."""

    def zoom_to(self, percent: float) -> None:
        """Show a pixel of the image as large as a percentage of a pixel of the screen."""

    def zoom_by(self, factor: float) -> None:
        """Enlarge the image about its middle."""


def zoom_commands(
    image: Callable[[], Zoomed], reset_volume: Callable[[], None]
) -> tuple[Command, ...]:
    """Return the commands; `image` returns the view that they zoom."""
    return (
        Command(
            "fit",
            "Image",
            "Fit the image",
            lambda: image().fit(),
            "Ctrl+0",
            has_cube,
            separator=True,
        ),
        Command("actual_size", "Image", "Actual size", lambda: image().zoom_to(100), "", has_cube),
        Command("zoom_in", "Image", "Zoom in", lambda: image().zoom_by(1.25), "Ctrl+=", has_cube),
        Command("zoom_out", "Image", "Zoom out", lambda: image().zoom_by(0.8), "Ctrl+-", has_cube),
        Command(
            "reset_volume",
            "Image",
            "Volume: show the whole box",
            reset_volume,
            "",
            where(lambda document: document.explanation, NOT_EXPLAINED),
        ),
    )
