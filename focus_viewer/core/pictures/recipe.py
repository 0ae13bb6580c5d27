"""Recipe of a picture: which bands of a cube it shows, and the rule that chose them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.components import FEWEST_BANDS, Components
from focus_viewer.core.spectra.band_math import map_bands
from focus_viewer.core.spectra.indices import IndexBands
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.wording import bands_text

Kind = Literal["rgb", "cir", "header", "band", "custom", "formula", "pca", "mnf"]

TRUE_COLOUR_NM = (640.0, 550.0, 460.0)
COLOUR_INFRARED_NM = (860.0, 650.0, 550.0)
_COLOURS_NM = ((600.0, 700.0), (500.0, 600.0), (400.0, 500.0))  # of red, green, blue
_WITHIN_NM = 20.0
_SAME_NM = 1e-3


@dataclass(frozen=True)
class CompositeRecipe:
    """Recipe of a composite: the bands to show.

    Attributes
    ----------
    kind : {"rgb", "cir", "header", "band", "custom", "formula", "pca", "mnf"}
        The usual picture (true colour, else the header's bands), colour infrared, the header's
        default bands, one band in grey, three bands of one's own, an
        index, or components.
    bands : tuple of int
        Zero-based bands: three for "custom", one for "band".
    wavelengths_nm : tuple of float
        Of these bands in the cube in which they were chosen; another cube shows its own nearest.
        Empty where that cube had none.
    formula : str
        Of "formula": an expression of wavelengths, or the name of a built-in index.
    components : tuple of int
        Of "pca" and "mnf": one or three, counted from 0.
    """

    kind: Kind = "rgb"
    bands: tuple[int, ...] = ()
    wavelengths_nm: tuple[float, ...] = ()
    formula: str = ""
    components: tuple[int, ...] = ()


@dataclass(frozen=True)
class BandChoice:
    """Bands of a composite, and the rule that chose them.

    Attributes
    ----------
    bands : tuple of int
        Zero-based: three (red, green, blue) or one (grey).
    how : str
        For people, such as "640, 550, 460 nm".
    index : IndexBands or None
        The index that is computed from the bands; its map is one channel in colours.
    components : Components or None
        The components of which `shown`, one or three, are the channels.
    """

    bands: tuple[int, ...]
    how: str
    index: IndexBands | None = None
    components: Components | None = None
    shown: tuple[int, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels, for limits that are chosen by hand: those of a band fit any."""
        if self.index is not None:
            return (self.index.index.name,)
        if self.components is not None:
            return tuple(f"{self.components.kind} {number}" for number in self.shown)
        return ("band",) if len(self.bands) == 1 else tuple(map(str, self.bands))


def choose_bands(cube: Cube, recipe: CompositeRecipe) -> BandChoice:
    """Return the bands of a recipe, or a fallback that says so.

    Raises
    ------
    ValueError
        If the recipe names a band that the cube lacks.
    """
    found = _choice(cube, recipe)
    if found is not None:
        return found
    if recipe.kind in ("formula", "pca", "mnf"):
        raise ValueError(lacking(recipe, cube))
    if recipe.kind in ("custom", "band"):
        raise ValueError(
            f"bands {recipe.bands} of {cube.name}: expected 1 or 3 from 0 to {cube.bands - 1}"
        )
    if recipe.kind == "cir":
        return _fallback(cube, "860, 650 and 550 nm")
    return true_colour(cube) or _default(cube) or _fallback(cube, "640, 550 and 460 nm")


def true_colour(cube: Cube) -> BandChoice | None:
    """Return red, green and blue: the header's bands if they are, else the nearest within 20 nm."""
    header = _default(cube)
    return header if header and _are_colours(cube, header.bands) else _near(cube, TRUE_COLOUR_NM)


def _are_colours(cube: Cube, bands: tuple[int, ...]) -> bool:
    if cube.wavelengths_nm is None or len(bands) != len(_COLOURS_NM):
        return False
    nm = cube.wavelengths_nm[list(bands)].tolist()
    return all(low <= each <= high for each, (low, high) in zip(nm, _COLOURS_NM, strict=True))


def placed(recipe: CompositeRecipe, cube: Cube) -> CompositeRecipe:
    """Return a recipe chosen in a cube with the wavelengths of its bands.

    The usual picture's where the cube lacks the bands.
    """
    if recipe.wavelengths_nm or not recipe.bands:
        return recipe
    if not all(0 <= band < cube.bands for band in recipe.bands):
        return CompositeRecipe()
    nm = cube.wavelengths_nm
    return recipe if nm is None else replace(recipe, wavelengths_nm=_at(nm, recipe.bands))


def fitted(recipe: CompositeRecipe, cube: Cube) -> CompositeRecipe:
    """Return a placed recipe, or the usual picture's where a cube lacks its bands."""
    return CompositeRecipe() if lacking(recipe, cube) else recipe


def lacking(recipe: CompositeRecipe, cube: Cube) -> str:
    """Return what a placed recipe needs that a cube lacks; empty where it fits."""
    of_numbers = bool(recipe.bands) and not recipe.wavelengths_nm
    if of_numbers and cube.wavelengths_nm is not None:
        return "bands were chosen by number in another cube"
    if recipe.kind == "rgb" or _choice(cube, recipe) is not None:
        return ""
    if recipe.kind in ("pca", "mnf"):
        return f"fewer than {FEWEST_BANDS} good bands"
    if recipe.kind == "formula":
        return str(map_bands(cube, recipe.formula))
    if recipe.kind == "header":
        return "no default bands in the header"
    if of_numbers:
        return "fewer bands than the picture needs"
    nm = recipe.wavelengths_nm or COLOUR_INFRARED_NM
    return f"no bands near {', '.join(nm_number(each) for each in nm)} nm"


def _choice(cube: Cube, recipe: CompositeRecipe) -> BandChoice | None:
    match recipe.kind:
        case "custom" | "band":
            return _own(cube, recipe)
        case "cir":
            return _near(cube, COLOUR_INFRARED_NM)
        case "header":
            return _default(cube)
        case "pca" | "mnf":
            enough = int(cube.good_bands.sum()) >= FEWEST_BANDS
            return BandChoice((), "") if enough else None
        case "formula":
            return _index_map(cube, recipe.formula)
        case _:
            return true_colour(cube)


def _index_map(cube: Cube, formula: str) -> BandChoice | None:
    found = map_bands(cube, formula)
    if isinstance(found, str):
        return None
    return BandChoice(found.bands, f"{found.index.name}, from {found.bands_nm}", found)


def _own(cube: Cube, recipe: CompositeRecipe) -> BandChoice | None:
    nm = recipe.wavelengths_nm or recipe.bands
    if len(recipe.bands) not in (1, 3) or len(nm) != len(recipe.bands):
        return None
    found = list(recipe.bands)
    if recipe.wavelengths_nm:
        near = [
            _same_or_near(cube, *each)
            for each in zip(recipe.bands, recipe.wavelengths_nm, strict=True)
        ]
        found = [band for band in near if band is not None]
    if len(found) < len(recipe.bands) or not all(0 <= band < cube.bands for band in found):
        return None
    return BandChoice(tuple(found), _bands_text(cube, tuple(found)))


def _same_or_near(cube: Cube, band: int, nm: float) -> int | None:
    """Return the band itself, bad or not, if it has the wavelength, else the nearest good one."""
    if cube.wavelengths_nm is None:
        return None
    if 0 <= band < cube.bands and abs(cube.wavelengths_nm[band] - nm) < _SAME_NM:
        return band
    return cube.nearest_band(nm, _WITHIN_NM)


def _at(nm: DoubleArray, bands: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(nm[list(bands)].tolist())


def _default(cube: Cube) -> BandChoice | None:
    if not cube.default_bands:
        return None
    text = f"{_bands_text(cube, cube.default_bands)} (header)"
    falsely = cube.wavelengths_nm is not None and not _are_colours(cube, cube.default_bands)
    is_colour = falsely and len(cube.default_bands) == len(_COLOURS_NM)
    return BandChoice(cube.default_bands, f"false colour, {text}" if is_colour else text)


def _near(cube: Cube, wanted_nm: tuple[float, ...]) -> BandChoice | None:
    if cube.wavelengths_nm is None:
        return None
    nearest = [cube.nearest_band(nm, _WITHIN_NM) for nm in wanted_nm]
    bands = tuple(band for band in nearest if band is not None)
    return BandChoice(bands, _bands_text(cube, bands)) if len(bands) == len(wanted_nm) else None


def _fallback(cube: Cube, missing: str) -> BandChoice:
    """Return three good bands spread over the sensor's range, the longest wavelength as red."""
    good = np.flatnonzero(cube.good_bands)
    if good.size == 0:
        good = np.arange(cube.bands)
    spread = good[[(good.size - 1) * 5 // 6, (good.size - 1) // 2, (good.size - 1) // 6]]
    bands = tuple(int(band) for band in spread)
    unknown = cube.wavelengths_nm is None
    why = "wavelengths not known" if unknown else f"no bands near {missing}"
    return BandChoice(bands, f"false colour, {_bands_text(cube, bands)}: {why}")


def _bands_text(cube: Cube, bands: tuple[int, ...]) -> str:
    return bands_text(cube, cube.axis[list(bands)].tolist())
