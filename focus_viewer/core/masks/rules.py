"""Rules of a mask: which pixels are inside, as steps that can be repeated on another cube."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from focus_viewer.core.pictures.recipe import CompositeRecipe
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import ImageShape

How = Literal["and", "or", "and not"]
HOWS: Final[tuple[How, ...]] = ("and", "or", "and not")


@dataclass(frozen=True)
class WithinLimits:
    """Pixels whose value in a picture of one channel is within limits, which belong to it.

    Attributes
    ----------
    recipe : CompositeRecipe
        Of band math or an index, of a band, or of a component.
    low, high : float or None
        None leaves an end open.

    Raises
    ------
    ValueError
        If the limits are not finite or do not ascend, or both ends are open.
    """

    recipe: CompositeRecipe
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_finite(self.low, self.high)
        if self.low is None and self.high is None:
            raise ValueError("expected a lower or an upper limit, found none")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"expected limits that ascend, found {self.low:g} to {self.high:g}")

    @property
    def text(self) -> str:
        """Words such as "NDVI 0.4 to 0.9"."""
        what = recipe_text(self.recipe)
        if self.high is None:
            return f"{what} at least {self.low:.6g}"
        if self.low is None:
            return f"{what} at most {self.high:.6g}"
        return f"{what} {self.low:.6g} to {self.high:.6g}"


@dataclass(frozen=True)
class WithinOutline:
    """Pixels of regions, or of a file of classes.

    Attributes
    ----------
    name : str
        Of what they are, for people.
    image_shape : tuple of int
        (rows, cols) of the image that it was drawn in: it fits no image of another size.
    """

    outline: Shape
    name: str
    image_shape: ImageShape

    @property
    def text(self) -> str:
        """Name of the regions."""
        return self.name


@dataclass(frozen=True)
class WithData:
    """Pixels that have a value in every good band."""

    text = "with data in all good bands"


@dataclass(frozen=True)
class Unsaturated:
    """Pixels that are saturated in no good band.

    Attributes
    ----------
    level : float or None
        Count from which on a value is saturated; None takes what the file declares.

    Raises
    ------
    ValueError
        If it is not finite.
    """

    level: float | None = None

    def __post_init__(self) -> None:
        _check_finite(self.level)

    @property
    def text(self) -> str:
        """Words with the level."""
        return "not saturated" if self.level is None else f"counts below {self.level:g}"


@dataclass(frozen=True)
class Inverse:
    """Pixels that were outside so far."""

    text = "inverted"


Rule = WithinLimits | WithinOutline | WithData | Unsaturated | Inverse


@dataclass(frozen=True)
class MaskStep:
    """Rule, and how it is combined with the steps ahead of it."""

    rule: Rule
    how: How = "and"


@dataclass(frozen=True)
class MaskRecipe:
    """Steps of a mask, the first one first.

    Attributes
    ----------
    used : bool
        Whether statistics are of the pixels inside only.
    """

    steps: tuple[MaskStep, ...] = ()
    used: bool = True


NO_MASK: Final = MaskRecipe()


def _check_finite(*numbers: float | None) -> None:
    """Raise ValueError for a number that nothing is above or below, and no project can keep."""
    for number in numbers:
        if number is not None and not math.isfinite(number):
            raise ValueError(f"expected a finite number, found {number:g}")


def recipe_words(steps: tuple[MaskStep, ...]) -> str:
    """Return the steps in words, such as "(NDVI at least 0.4) and not (Region 1)"."""
    words = ""
    for count, each in enumerate(steps):
        if isinstance(each.rule, Inverse):
            words = f"not ({words})"
        elif not words:
            words = each.rule.text
        else:
            before = words if count == 1 else f"({words})"
            words = f"{before} {each.how} {each.rule.text}"
    return words


def of_one_cube(steps: tuple[MaskStep, ...]) -> str:
    """Return why steps mean nothing in another cube, whatever its size; empty if they may."""
    kinds = [each.rule.recipe.kind for each in steps if isinstance(each.rule, WithinLimits)]
    if "pca" in kinds or "mnf" in kinds:
        return "components of another cube are others: limits of theirs mean nothing in it"
    return ""


def recipe_text(recipe: CompositeRecipe) -> str:
    """Return what a picture shows in a few letters, such as "NDVI", "802 nm" or "PC 1"."""
    if recipe.kind == "formula":
        return recipe.formula
    if recipe.components:
        return f"{'PC' if recipe.kind == 'pca' else 'MNF'} {recipe.components[0] + 1}"
    if recipe.wavelengths_nm:
        return f"{', '.join(map(nm_number, recipe.wavelengths_nm))} nm"
    return f"band {recipe.bands[0] + 1}" if recipe.bands else "picture"
