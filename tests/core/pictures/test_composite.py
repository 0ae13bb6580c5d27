"""Which bands a picture takes, and how they are stretched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.errors import Cancelled
from focus_viewer.core.pictures.composite import (
    CompositeRecipe,
    choose_bands,
    composite,
    detail,
    fitted,
    lacking,
    placed,
    true_colour,
)
from focus_viewer.core.pictures.stretch import stretch, stretch_limits, stretched
from focus_viewer.core.typing import FloatArray, IntArray


def cube_of(
    wavelengths_nm: list[float] | None,
    bands: int = 6,
    default_bands: tuple[int, ...] = (),
    bad: tuple[int, ...] = (),
) -> Cube:
    bands = len(wavelengths_nm) if wavelengths_nm else bands
    values = np.random.default_rng(0).random((8, 9, bands), dtype=np.float32)
    good = np.ones(bands, dtype=np.bool_)
    good[list(bad)] = False
    axis = np.array(wavelengths_nm) if wavelengths_nm else None
    return Cube(ArraySource(values), "c", good, axis, default_bands=default_bands)


VISIBLE = [450.0, 460.0, 550.0, 640.0, 650.0, 860.0]


def test_the_header_s_bands_are_taken_as_true_colour_only_if_they_are() -> None:
    falsely = cube_of(VISIBLE, default_bands=(5, 3, 1))
    assert choose_bands(falsely, CompositeRecipe()).bands == (3, 2, 1)
    choice = choose_bands(falsely, CompositeRecipe("header"))
    assert (choice.bands, choice.how) == ((5, 3, 1), "false colour, 860, 640, 460 nm (header)")
    truly = cube_of(VISIBLE, default_bands=(4, 2, 0))
    assert choose_bands(truly, CompositeRecipe()).how == "650, 550, 450 nm (header)"
    swapped = cube_of(VISIBLE, default_bands=(0, 2, 4))
    assert choose_bands(swapped, CompositeRecipe()).bands == (3, 2, 1)


def test_the_header_s_bands_are_the_usual_picture_where_nothing_is_visible() -> None:
    cube = cube_of([1000.0, 1100.0, 1200.0, 1300.0, 1400.0, 1500.0], default_bands=(5, 3, 1))
    assert choose_bands(cube, CompositeRecipe()).how == "false colour, 1500, 1300, 1100 nm (header)"
    assert true_colour(cube) is None
    assert true_colour(cube_of(None, default_bands=(2, 1, 0))) is None


@pytest.mark.parametrize("bad", [(), (4,)])
def test_own_bands_are_found_by_wavelength_in_another_cube(bad: tuple[int, ...]) -> None:
    here = cube_of(VISIBLE, bad=bad)
    recipe = placed(CompositeRecipe("custom", (4, 2, 1)), here)
    assert choose_bands(here, recipe).bands == (4, 2, 1)  # also a bad one, where it was chosen
    finer = cube_of(np.linspace(400, 700, 301).tolist())
    assert choose_bands(finer, fitted(recipe, finer)).bands == (250, 150, 60)


@pytest.mark.parametrize("elsewhere", [None, [900.0, 1000.0, 1100.0, 1200.0]])
def test_own_bands_that_a_cube_lacks_give_its_usual_picture(elsewhere: list[float] | None) -> None:
    recipe = placed(CompositeRecipe("custom", (3, 2, 1)), cube_of(VISIBLE))
    other = cube_of(elsewhere)
    assert fitted(recipe, other) == CompositeRecipe()
    assert lacking(recipe, other) == "no bands near 640, 550, 460 nm"


def test_band_numbers_are_not_carried_to_a_cube_of_wavelengths() -> None:
    recipe = placed(CompositeRecipe("custom", (3, 2, 1)), cube_of(None))
    assert fitted(recipe, cube_of(None)) == recipe
    assert fitted(recipe, cube_of(None, bands=3)) == CompositeRecipe()
    assert fitted(recipe, cube_of(VISIBLE)) == CompositeRecipe()
    assert placed(CompositeRecipe("band", (9,)), cube_of(VISIBLE)) == CompositeRecipe()


def test_nearest_bands_are_taken_else() -> None:
    assert choose_bands(cube_of(VISIBLE), CompositeRecipe()).bands == (3, 2, 1)
    assert choose_bands(cube_of(VISIBLE), CompositeRecipe("cir")).bands == (5, 4, 2)


def test_bad_bands_are_passed_over() -> None:
    choice = choose_bands(cube_of(VISIBLE, bad=(1,)), CompositeRecipe())
    assert choice.bands == (3, 2, 0)


def test_bands_farther_than_20_nm_are_no_colours() -> None:
    choice = choose_bands(
        cube_of([900.0, 1000.0, 1100.0, 1200.0, 1300.0, 1400.0]), CompositeRecipe()
    )
    assert choice.bands == (4, 2, 0)
    assert "false colour" in choice.how
    assert "640, 550 and 460 nm" in choice.how


def test_without_wavelengths_the_fallback_names_band_numbers() -> None:
    choice = choose_bands(cube_of(None, bands=10), CompositeRecipe())
    assert choice.bands == (7, 4, 1)
    assert choice.how == "false colour, bands 8, 5, 2: wavelengths not known"


@pytest.mark.parametrize("bands", [1, 2, 3])
def test_few_bands_still_give_a_picture(bands: int) -> None:
    assert composite(cube_of(None, bands=bands), CompositeRecipe()).image.shape == (8, 9, 3)


def test_one_band_is_grey() -> None:
    image = composite(cube_of(VISIBLE), CompositeRecipe("band", (2,))).image
    np.testing.assert_array_equal(image[..., 0], image[..., 1])
    np.testing.assert_array_equal(image[..., 0], image[..., 2])


def test_bands_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 1 or 3 from 0 to 5"):
        composite(cube_of(VISIBLE), CompositeRecipe("custom", (0, 1, 6)))


def test_stretch_puts_2_percent_at_each_end() -> None:
    plane = np.arange(1001, dtype=np.float32)[None, :]
    shown = stretch(plane)[0]
    assert shown[:20].max() == 0
    assert shown[981:].min() == 255
    assert shown[500] == 127
    assert (np.diff(shown.astype(int)) >= 0).all()


def test_stretch_ignores_what_is_no_data() -> None:
    plane = np.array([[0.0, 1.0, np.nan, np.inf]], dtype=np.float32)
    assert stretch(plane).tolist() == [[0, 255, 38, 38]]


@pytest.mark.parametrize("value", [0.0, -0.005, np.nan])
def test_stretch_of_a_constant_divides_by_nothing(value: float) -> None:
    shown = stretch(np.full((3, 4), value, dtype=np.float32))
    assert np.unique(shown).size == 1


class Recorder:
    """Notes what is read, and gives zeros."""

    shape = (10_000, 9_000, 200)

    def __init__(self) -> None:
        self.read_bands: set[int] = set()
        self.rows_read = 0

    def read(self, rows: slice, cols: slice, bands: slice | IntArray) -> FloatArray:
        chosen = np.arange(200)[bands]
        self.read_bands |= set(chosen.tolist())
        self.rows_read += len(range(10_000)[rows])
        size = len(range(10_000)[rows]), len(range(9_000)[cols])
        assert size[0] * size[1] <= 1_500_000
        return np.zeros((*size, chosen.size), dtype=np.float32)


def huge() -> tuple[Recorder, Cube]:
    source = Recorder()
    good = np.ones(200, dtype=np.bool_)
    return source, Cube(source, "big", good, np.linspace(400, 1000, 200))


def test_only_the_bands_shown_are_read_and_no_more_pixels_than_a_screen_has() -> None:
    source, cube = huge()
    picture = composite(cube, CompositeRecipe())
    assert source.read_bands == set(picture.choice.bands)
    assert picture.image.shape == (1250, 1125, 3)
    assert (picture.stride, picture.coarse) == (8, False)


def test_a_large_cube_is_read_in_parts_and_can_be_stopped() -> None:
    source, cube = huge()
    told: list[float] = []

    def stop(fraction: float, text: str) -> None:
        told.append(fraction)
        if len(told) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        composite(cube, CompositeRecipe(), step=stop)
    assert told == [0, 1 / 8, 2 / 8]
    assert 0 < source.rows_read < 1250 / 3


def test_a_hasty_picture_reads_few_rows() -> None:
    source, cube = huge()
    picture = composite(cube, CompositeRecipe(), coarse=True)
    assert picture.coarse
    assert source.rows_read * 9_000 * 200 <= 256_000_000
    assert picture.image.shape == (source.rows_read, 1125, 3)


def test_a_picture_of_a_small_cube_is_never_hasty() -> None:
    assert not composite(cube_of(VISIBLE), CompositeRecipe(), coarse=True).coarse


def mosaic() -> Cube:
    """More pixels than a picture has, each of its own brightness."""
    rows, cols = 2100, 2000
    plane = np.arange(rows * cols, dtype=np.float32).reshape(rows, cols, 1)
    plane[0, 0] = np.nan
    return Cube(ArraySource(plane), "mosaic", np.ones(1, dtype=np.bool_))


def test_a_detail_is_what_a_picture_of_every_pixel_would_show() -> None:
    cube = mosaic()
    picture = composite(cube, CompositeRecipe("band", (0,)))
    assert picture.stride == 2

    found = detail(cube, picture, Extent((-3.5, 1000.2), (7.5, 1010.0)))

    assert found is not None
    assert found.extent == Extent((0, 1000), (8, 1010))
    np.testing.assert_array_equal(
        found.image[:, :, 0], stretched(cube.band(0)[1000:1010, :8], picture.limits[0])
    )
    np.testing.assert_array_equal(found.image[::2, ::2], picture.image[500:505, :4])


@pytest.mark.parametrize(
    "extent",
    [
        Extent((0, 0), (2000, 2100)),  # the whole: the picture shows as much
        Extent((-50, -50), (-1, -1)),  # nothing of the image
        Extent((5000, 10), (5100, 20)),
    ],
)
def test_no_detail_where_it_would_show_no_more(extent: Extent) -> None:
    cube = mosaic()
    assert detail(cube, composite(cube, CompositeRecipe("band", (0,))), extent) is None


def test_no_detail_of_a_picture_that_has_every_pixel() -> None:
    cube = cube_of(VISIBLE)
    assert detail(cube, composite(cube, CompositeRecipe()), Extent((0, 0), (2, 2))) is None


@given(st.integers(0, 2**32 - 1))
def test_a_sample_tells_the_limits_of_many_pixels(seed: int) -> None:
    plane = np.random.default_rng(seed).normal(size=(700, 1000)).astype(np.float32)
    plane[plane > 1.5] = np.nan
    low, high = stretch_limits(plane)
    good = plane[np.isfinite(plane)]
    assert abs((good < low).mean() - 0.02) < 0.002
    assert abs((good > high).mean() - 0.02) < 0.002


def test_values_that_float32_cannot_hold_are_told_and_have_no_data() -> None:
    source = ArraySource(np.array([[[0.5, 0.2], [0.5, 1e-3]]], dtype=np.float32))
    cube = Cube(
        name="two",
        source=source,
        good_bands=np.ones(2, dtype=np.bool_),
        wavelengths_nm=np.array([550.0, 670.0]),
        units="reflectance",
    )
    found = composite(cube, CompositeRecipe("formula", formula="r550 / r670 ** 15"))
    assert found.choice.how.endswith("1 pixel beyond ±3.4e38 shown as without data")
    assert np.isfinite(found.limits[0]).all()
