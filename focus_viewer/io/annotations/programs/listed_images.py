"""Choice of the cube's image in a file that has annotations of many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import NamedTuple

from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations.refusal import Unreadable, shown

_MOST_LISTED = 5
_OF_ROBOFLOW = re.compile(r"_[A-Za-z]{3,4}\.rf\.\w+$")  # leaf.png becomes leaf_png.rf.0a1b2c.jpg
_OTHER_CUBE = "Open it with the cube that it was drawn on, or export the annotations of this image."


class ListedImage(NamedTuple):
    """An image of a file: its name, and its size as the file has it; None where it has none."""

    name: object
    rows: object = None
    cols: object = None

    def fits(self, image_shape: ImageShape) -> bool:
        """Return whether the size is that of the cube, or not known."""
        return None in (self.rows, self.cols) or (self.rows, self.cols) == image_shape

    @property
    def shown(self) -> str:
        """For people: name and size."""
        name = shown(self.name) if isinstance(self.name, str) else "an image without a name"
        size = "" if None in (self.rows, self.cols) else f" ({_size(self.rows, self.cols)})"
        return f"{name}{size}"


def chosen_image(
    images: Sequence[ListedImage], image_shape: ImageShape, image_name: str = ""
) -> int:
    """Return the position of the cube's image: by its name, else the only one of its size.

    Parameters
    ----------
    image_name : str
        Name of the cube; "" where it has none.

    Raises
    ------
    Unreadable
        If there is none, or several that fit.
    """
    named = [at for at, image in enumerate(images) if _is_named(image.name, image_name)]
    candidates = named or range(len(images))
    fitting = [at for at in candidates if images[at].fits(image_shape)]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(images[at].shown for at in [*candidates][:_MOST_LISTED])
    more = ", ..." if len(candidates) > _MOST_LISTED else ""
    wanted = f"one image {shown(image_name)}" if image_name else "one image"
    raise Unreadable(
        f"expected {wanted} of {image_shape[0]} rows and {image_shape[1]} columns, found "
        f"{len(fitting)} among {len(images)}: {listed}{more}",
        _OTHER_CUBE,
    )


def check_size(rows: object, cols: object, image_shape: ImageShape) -> None:
    """Raise Unreadable if the only image of a file has another size than the cube."""
    if not ListedImage("", rows, cols).fits(image_shape):
        raise Unreadable(
            f"it was drawn on an image of {_size(rows, cols)} pixels, and the cube has "
            f"{_size(*image_shape)}",
            "Open it with the cube that it was drawn on.",
        )


def _is_named(file_name: object, image_name: str) -> bool:
    if not image_name or not isinstance(file_name, str):
        return False
    path = PureWindowsPath(file_name)  # which splits at both kinds of slash
    names = path.name, path.stem, _OF_ROBOFLOW.sub("", path.stem)
    return image_name.casefold() in (name.casefold() for name in names)


def _size(rows: object, cols: object) -> str:
    whole = isinstance(rows, int) and isinstance(cols, int)
    return f"{rows} x {cols}" if whole else f"{shown(rows)} x {shown(cols)}"
