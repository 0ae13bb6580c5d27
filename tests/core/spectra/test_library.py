"""Spectra of libraries at a cube's bands, and the nearest of them."""

from __future__ import annotations

import numpy as np
import pytest
from phantom import make_phantom

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.spectra.library import LibrarySpectrum, at_bands, divergence, ranked

NM = np.linspace(300.0, 1200.0, 901)


def cube_of(centers: list[float], fwhm: float | None = None) -> Cube:
    nm = np.array(centers)
    values = np.ones((2, 2, nm.size), dtype=np.float32)
    widths = None if fwhm is None else np.full(nm.size, fwhm)
    return Cube(ArraySource(values), "c", np.ones(nm.size, dtype=np.bool_), nm, widths)


def test_a_fine_library_is_averaged_over_the_bands_width() -> None:
    spike = LibrarySpectrum("spike", NM, np.where(np.abs(NM - 600) < 0.5, 1.0, 0.0))
    values = at_bands(spike, cube_of([600.0, 700.0], fwhm=10.0))
    # A Gaussian of FWHM 10 nm, sampled each nm, has 2 sqrt(ln 2 / pi) / 10 of its area at its top.
    assert values[0] == pytest.approx(2 * np.sqrt(np.log(2) / np.pi) / 10, rel=1e-3)
    assert values[1] == pytest.approx(0, abs=1e-12)


def test_without_widths_a_library_is_interpolated() -> None:
    line = LibrarySpectrum("line", np.array([400.0, 500.0]), np.array([0.0, 1.0]))
    assert at_bands(line, cube_of([425.0, 450.0])) == pytest.approx([0.25, 0.5])


def test_what_a_library_lacks_is_no_value() -> None:
    gap = np.where((NM > 500) & (NM < 600), np.nan, 0.5)
    values = at_bands(LibrarySpectrum("gap", NM, gap), cube_of([250.0, 450.0, 550.0, 1300.0], 8.0))
    assert np.isnan(values).tolist() == [True, False, True, True]
    assert values[1] == pytest.approx(0.5)


def test_the_nearest_spectrum_is_of_the_same_shape_whatever_its_brightness() -> None:
    found = make_phantom()
    cube, row, col = found.cube, *map(int, np.argwhere(found.disc)[0])
    assert cube.wavelengths_nm is not None
    measured = cube.pixel(row, col)
    same = LibrarySpectrum("same", cube.wavelengths_nm, measured * 0.3)
    flat = LibrarySpectrum("flat", NM, np.full(NM.size, 0.5))
    first, second = ranked(measured, cube, (flat, same))
    assert (first.spectrum.name, second.spectrum.name) == ("same", "flat")
    assert first.angle_deg == pytest.approx(0, abs=1e-4)
    cosine = measured.sum() / (np.linalg.norm(measured) * np.sqrt(measured.size))
    assert second.angle_deg == pytest.approx(np.degrees(np.arccos(cosine)), rel=1e-4)
    assert first.divergence == pytest.approx(0, abs=1e-9)
    assert second.divergence > 0


def test_a_short_overlap_comes_last_and_bad_bands_are_left_out() -> None:
    cube = cube_of(list(np.linspace(400, 1000, 61)))
    measured = np.linspace(0.1, 0.5, 61)
    short = LibrarySpectrum("short", np.linspace(400, 500, 11), np.linspace(0.1, 1 / 6, 11))
    other = LibrarySpectrum("other", NM, np.full(NM.size, 0.5))
    first, last = ranked(measured, cube, (short, other))
    assert (first.spectrum.name, last.spectrum.name) == ("other", "short")
    assert (first.bands, last.bands) == (61, 11)
    assert last.angle_deg < first.angle_deg
    good = cube.good_bands.copy()
    good[:40] = False
    left = Cube(cube.source, "c", good, cube.wavelengths_nm)
    assert [match.bands for match in ranked(measured, left, (short, other))] == [21]


def test_divergence_is_symmetric_and_needs_values_above_zero() -> None:
    one, other = np.array([0.1, 0.2, 0.4]), np.array([0.3, 0.2, 0.1])
    p, q = one / one.sum(), other / other.sum()
    expected = np.sum(p * np.log(p / q)) + np.sum(q * np.log(q / p))
    assert divergence(one, other) == pytest.approx(expected)
    assert divergence(one, other) == pytest.approx(divergence(other, one))
    assert np.isnan(divergence(np.array([0.0, 0.1]), np.array([0.1, 0.1])))
