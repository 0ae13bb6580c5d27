"""Names of pictures, as chooser and menu have them: none says of a cube what it does not show."""

from __future__ import annotations

from typing import Final

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.composite import CompositeRecipe, Kind, lacking, true_colour
from focus_viewer.core.pictures.recipe import BandChoice
from focus_viewer.core.wording import value_title

_NAMES: Final[dict[Kind, str]] = {
    "rgb": "RGB composite",
    "cir": "Colour infrared",
    "band": "Selected band",
    "custom": "Custom...",
    "header": "Header's bands",
    "formula": "Band math...",
    "pca": "Principal components",
    "mnf": "Minimum noise fractions",
}
_NOT_RGB: Final = "Default bands"


def picture_name(kind: Kind, cube: Cube | None = None) -> str:
    """Return the name of a picture; that of the usual one is RGB only where it is true colour."""
    is_rgb = kind != "rgb" or cube is None or true_colour(cube) is not None
    return _NAMES[kind] if is_rgb else _NOT_RGB


def value_axis(choice: BandChoice, cube: Cube) -> str:
    """Return the title of an axis of what a picture shows: values, an index, or components."""
    if choice.index is not None:
        return choice.index.index.name
    if choice.components is not None:
        return f"Component score ({value_title(cube).lower()})"
    return value_title(cube)


def possible(kind: Kind, cube: Cube) -> bool:
    """Return whether a cube has the bands of a picture; one's own bands can always be chosen."""
    return kind in ("band", "custom", "formula") or not lacking(CompositeRecipe(kind), cube)
