"""Annotations that are elsewhere than on the image: refused, or noted where only some are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import numpy as np

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.typing import ImageShape, Point2
from focus_viewer.io.annotations.reference_systems import short
from focus_viewer.io.annotations.refusal import Unreadable

_Rest = ParamSpec("_Rest")
_Reader = Callable[Concatenate[Path, ImageShape, _Rest], Annotations]


def refusing_what_is_elsewhere(read: _Reader[_Rest]) -> _Reader[_Rest]:
    """Return a reader of files that raises a `FocusError` where no region is on the image.

    Where only some are, that is noted.
    """

    @wraps(read)
    def checked(
        path: Path, image_shape: ImageShape, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> Annotations:
        found = read(path, image_shape, *args, **kwargs)
        outside = sum(not region.outline.overlaps(image_shape) for region in found)
        if outside and outside == len(found):
            raise FocusError(
                f"{path}: no region has a pixel on the image, expected columns up to "
                f"{image_shape[1]} and rows up to {image_shape[0]}. Open it with the cube that it "
                "was drawn on, or export it in pixels of this cube or in a named reference system."
            )
        if outside:
            text = f"{outside} of {len(found)} regions have no pixel on the image."
            found = replace(found, notes=(*found.notes, text))
        return found

    return checked


def check_on_image(placed: list[Point2], image_shape: ImageShape, system: str) -> None:
    """Refuse positions of a named system that are not on the image."""
    if placed and not touches(placed, image_shape):
        x, y = np.array(placed).T
        raise Unreadable(
            f"no region is on the image: from {short(system)} they come to columns {x.min():.0f} "
            f"to {x.max():.0f} and rows {y.min():.0f} to {y.max():.0f}, expected columns up to "
            f"{image_shape[1]} and rows up to {image_shape[0]}",
            "Open it with the cube that it was drawn on.",
        )


def touches(positions: list[Point2], image_shape: ImageShape) -> bool:
    """Return whether the bounding box of positions (col, row) touches the image."""
    if not positions:
        return False
    low, high = np.min(positions, axis=0), np.max(positions, axis=0)
    return bool(
        low[0] <= image_shape[1] and low[1] <= image_shape[0] and high[0] >= 0 and high[1] >= 0
    )
