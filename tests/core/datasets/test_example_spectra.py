"""Mean spectra: of the pixels of an example, read once, matched by wavelength."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from data_set_cases import region, sample
from validation_cases import SHAPE, WAVELENGTHS, cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.background import without_background
from focus_viewer.core.datasets.data_set import DataSetError, Example, Sample
from focus_viewer.core.datasets.example_spectra import ExampleSpectra


def scene(values: np.ndarray, **changes: object) -> tuple[ExampleSpectra, list[str]]:
    """Return spectra of one scene, and the samples that were opened."""
    opened: list[str] = []

    def open_cube(wanted: Sample) -> Cube:
        opened.append(wanted.path.stem)
        return replace(cube(values), **changes)

    return ExampleSpectra(open_cube), opened


def test_the_mean_is_that_of_the_regions_pixels_and_is_read_once() -> None:
    values = np.random.default_rng(0).normal(size=SHAPE)
    spectra, opened = scene(values)
    own = sample("a", regions=(region((3, 2, 9, 7), "x"), region((20, 10, 24, 15), "y")))
    found = [spectra.spectrum(example).values for example in own.examples * 2]
    np.testing.assert_allclose(found[0], values[2:7, 3:9].mean(axis=(0, 1)), rtol=1e-5)
    np.testing.assert_array_equal(found[1], found[3])
    assert opened == ["a"]


def test_pixels_without_data_and_background_do_not_count() -> None:
    values = np.ones(SHAPE)
    values[:10], values[10, 0, 3], values[:, :, 5] = 0, np.nan, np.nan
    whole = replace(without_background(cube(values), 0.0), good_bands=np.arange(8) != 6)
    spectra = ExampleSpectra(lambda sample: whole)
    own = spectra.spectrum(Example(sample("a", ("x",)))).values
    assert own[[0, 1, 2, 3, 4, 7]].tolist() == [1] * 6
    assert np.isnan(own[[5, 6]]).all()
    dark = sample("a", regions=(region((0, 0, 9, 9), "x"), region((0, 12, 9, 20), "y")))
    assert [spectra.has_data(each) for each in dark.examples] == [False, True]


def test_cubes_of_two_cameras_meet_at_the_wavelengths_that_both_have() -> None:
    nm = {"a": WAVELENGTHS, "b": np.linspace(500, 1000, 5)}

    def open_cube(wanted: Sample) -> Cube:
        own = nm[wanted.path.stem]
        return cube(np.tile(own / 1000, (30, 40, 1)), own)

    spectra = ExampleSpectra(open_cube)
    examples = [sample("a", ("x",)).examples[0], sample("b", ("y",)).examples[0]]
    axis = spectra.common_axis(examples)
    assert axis is not None
    assert axis.tolist() == [500, 625, 750, 875]
    np.testing.assert_allclose(spectra.table(examples, axis), np.tile(axis / 1000, (2, 1)), 1e-5)


def test_bands_without_wavelengths_must_be_equally_many() -> None:
    def open_cube(wanted: Sample) -> Cube:
        return cube(np.ones((30, 40, 8 if wanted.path.stem == "a" else 7)), None)

    spectra = ExampleSpectra(open_cube)
    examples = [sample("a", ("x",)).examples[0], sample("b", ("y",)).examples[0]]
    assert spectra.common_axis(examples) is None
    with pytest.raises(DataSetError, match=r"b\.hdr: expected 8 bands as in a\.hdr, found 7"):
        spectra.table(examples, None)
