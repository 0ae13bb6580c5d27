"""Layers over a picture: index maps, components and a mask, each with its opacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, FocusError
from focus_viewer.core.pictures.composite import Composite, Detail, detail, read_planes, rendered
from focus_viewer.core.pictures.recipe import CompositeRecipe, lacking
from focus_viewer.core.progress import Step, part, silent
from focus_viewer.core.typing import BoolArray, ByteArray

MASK_COLOUR: Final = "#cc3311"  # Tol's vibrant red: no tissue and no index map has it
MASK_OPACITY: Final = 0.5


@dataclass(frozen=True)
class Layer:
    """Layer over the picture.

    Attributes
    ----------
    recipe : CompositeRecipe or None
        Of its picture; None for the mask of the cube, whose outside is painted.
    opacity : float
        0 to 1.
    colour : str
        Of the mask, "#rrggbb".
    """

    recipe: CompositeRecipe | None
    visible: bool = True
    opacity: float = 0.7
    colour: str = MASK_COLOUR


MASK_LAYER: Final = Layer(None, opacity=MASK_OPACITY)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Picture of a layer, with where it has data.

    Attributes
    ----------
    known : BoolArray, shape (height, width) of the picture
    """

    picture: Composite
    known: BoolArray


Sheets = Mapping[CompositeRecipe, Sheet]


@dataclass(frozen=True, eq=False)
class Layered:
    """Picture with its layers.

    Attributes
    ----------
    base : Composite
        The picture below.
    layers : tuple of Layer
        The lowest first.
    outside : BoolArray, shape (rows, cols) of the cube, or None
        Pixels that the mask's layer paints.
    sheets : mapping of CompositeRecipe to Sheet
        Pictures of the visible layers that the cube has bands for.
    image : ByteArray, shape (height, width, 3)
        All of them, one over the other.
    refused : mapping of CompositeRecipe to str
        Why a visible layer cannot be shown, such as components of a cube without noise.
    """

    cube: Cube
    base: Composite
    layers: tuple[Layer, ...]
    outside: BoolArray | None
    sheets: Sheets
    image: ByteArray
    refused: Mapping[CompositeRecipe, str] = field(default_factory=dict)

    @property
    def highest_map(self) -> Composite | None:
        """Picture of the highest visible layer that is an index map."""
        shown = (layer.recipe for layer in reversed(self.layers) if layer.visible and layer.recipe)
        pictures = (self.sheets[recipe].picture for recipe in shown if recipe in self.sheets)
        return next((each for each in pictures if each.choice.index is not None), None)


def laid_over(base: ByteArray, over: ByteArray, where: BoolArray, opacity: float) -> ByteArray:
    """Return an image with another one over it, where that is known.

    Parameters
    ----------
    base : ByteArray, shape (height, width, 3)
    over : ByteArray, of a shape that broadcasts to that of the base
    where : BoolArray, shape (height, width)
    opacity : float
        0 leaves the base as it is, 1 hides it.
    """
    weight = np.uint16(round(256 * min(max(opacity, 0.0), 1.0)))
    mixed = (base * (np.uint16(256) - weight) + over * weight) >> 8
    return np.where(where[..., None], mixed, base).astype(np.uint8)


def layered(
    cube: Cube,
    base: Composite,
    layers: tuple[Layer, ...],
    outside: BoolArray | None = None,
    before: Layered | None = None,
    step: Step = silent,
) -> Layered:
    """Compose a picture and its visible layers; those that the cube has none of are left out.

    Parameters
    ----------
    before : Layered or None
        An earlier composition: its pictures are reused while they are of the same pixels.
    """
    sheets, refused = _sheets(cube, base, layers, before, step)
    image = base.image
    row_stride = -(-cube.rows // image.shape[0])
    for layer in layers:
        if not layer.visible:
            continue
        if layer.recipe is not None and layer.recipe in sheets:
            sheet = sheets[layer.recipe]
            image = laid_over(image, sheet.picture.image, sheet.known, layer.opacity)
        elif layer.recipe is None and outside is not None:
            shown = outside[::row_stride, :: base.stride]
            image = laid_over(image, _paint(layer.colour), shown, layer.opacity)
    return Layered(cube, base, layers, outside, sheets, image, refused)


def layered_detail(
    cube: Cube, found: Detail | None, picture: Layered, step: Step = silent
) -> Detail | None:
    """Return a part of a picture in full resolution with the layers over it."""
    if found is None:
        return None
    image = found.image
    (left, top), (right, bottom) = found.extent.low, found.extent.high
    for layer in picture.layers:
        step(0.5, "reading layers")
        if not layer.visible:
            continue
        if layer.recipe is not None and layer.recipe in picture.sheets:
            over = detail(cube, picture.sheets[layer.recipe].picture, found.extent)
            if over is not None:
                image = laid_over(image, over.image, over.known, layer.opacity)
        elif layer.recipe is None and picture.outside is not None:
            window = picture.outside[int(top) : int(bottom), int(left) : int(right)]
            shown = window[:: found.stride, :: found.stride]
            image = laid_over(image, _paint(layer.colour), shown, layer.opacity)
    return Detail(image, found.extent, found.known, found.stride)


def layer_words(layer: Layer, sheets: Sheets, mask: str = "") -> str:
    """Return what a layer shows, such as "NDVI, 0.1 (dark) to 0.8 (bright)"; empty for nothing.

    Parameters
    ----------
    mask : str
        Rules of the mask of the cube; empty where it has none.
    """
    if layer.recipe is None:
        return f"outside of the mask ({mask}) in {layer.colour}" if mask else ""
    sheet = sheets.get(layer.recipe)
    if sheet is None:
        return ""
    picture = sheet.picture
    how = picture.choice.how
    if len(picture.limits) != 1 or not np.isfinite(picture.limits[0]).all():
        return how
    low, high = picture.limits[0]
    return f"{how}, {low:.4g} (dark) to {high:.4g} (bright)"


def _shown_recipes(cube: Cube, layers: Sequence[Layer]) -> list[CompositeRecipe]:
    recipes = (layer.recipe for layer in layers if layer.visible and layer.recipe)
    return [recipe for recipe in recipes if not lacking(recipe, cube)]


def _sheets(
    cube: Cube, base: Composite, layers: Sequence[Layer], before: Layered | None, step: Step
) -> tuple[Sheets, dict[CompositeRecipe, str]]:
    """Return the pictures of the visible layers, and why others cannot be shown."""
    known = before if before is not None and before.cube is cube else None
    wanted = list(dict.fromkeys(_shown_recipes(cube, layers)))
    sheets: dict[CompositeRecipe, Sheet] = {}
    refused: dict[CompositeRecipe, str] = {}
    for count, recipe in enumerate(wanted):
        own = part(step, count / len(wanted), (count + 1) / len(wanted))
        sheet = known.sheets.get(recipe) if known else None
        if known and recipe in known.refused:
            refused[recipe] = known.refused[recipe]
        elif sheet and _fits(sheet, base):
            sheets[recipe] = sheet
        else:
            try:
                sheets[recipe] = _sheet(cube, base, recipe, own)
            except CubeError:
                raise  # the file cannot be read
            except FocusError as error:  # the other layers are shown all the same
                refused[recipe] = str(error)
    return sheets, refused


def _fits(sheet: Sheet, base: Composite) -> bool:
    """Return whether a sheet has the pixels of a base, and limits of the same ones."""
    picture = sheet.picture
    same_size = picture.image.shape == base.image.shape
    return same_size and picture.inside is base.inside and picture.coarse == base.coarse


def _sheet(cube: Cube, base: Composite, recipe: CompositeRecipe, step: Step) -> Sheet:
    planes = read_planes(cube, recipe, base.coarse, step)
    known = np.logical_and.reduce([np.isfinite(plane) for plane in planes.values])
    return Sheet(rendered(planes, inside=base.inside), known)


def _paint(colour: str) -> ByteArray:
    """Return one pixel in a colour, shape (1, 1, 3)."""
    return np.array([[list(bytes.fromhex(colour.removeprefix("#")))]], dtype=np.uint8)
