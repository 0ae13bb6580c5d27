"""Curves and spectra as CSV and as a spectral library."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from export_cases import SHAPE, WAVELENGTHS_NM, cube, regions, request, volume
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from region_masks import mask_of
from spectral.io import envi

from focus_viewer.core.csv_text import distinct_names
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.io.export import write_export


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def column(rows: list[dict[str, str]], name: str) -> NDArray[np.float64]:
    return np.array([float(row[name] or "nan") for row in rows])


def pixels(number: int) -> NDArray[np.float64]:
    """Spectra of a region's pixels, shape (pixels, bands)."""
    mask = mask_of(regions().regions[number].outline, SHAPE)
    return cube().block(slice(None), slice(None))[mask].astype(np.float64)


def test_curves_of_image_and_regions(tmp_path: Path) -> None:
    write_export(tmp_path / "c.csv", request(kind="curves", format="csv"), silent)

    rows = table(tmp_path / "c.csv")
    names = [
        "wavelength_nm",
        "low_nm",
        "high_nm",
        "evidence",
        "attention",
        "signature",
        "unattributed",
        "class",
        "mode",
        "against",
        "applicability",
    ]
    assert list(rows[0]) == [*names, "image", "Läsion, «1»", "edge"]
    assert {row["class"] for row in rows} == {"rust against scab"}
    np.testing.assert_array_equal(column(rows, "wavelength_nm"), [450, 575, 800])
    np.testing.assert_array_equal(column(rows, "high_nm"), [500, 650, 900])
    np.testing.assert_allclose(column(rows, "image"), importance_curve(volume()), rtol=1e-6)


def test_curves_of_parts_add_up_to_the_image(tmp_path: Path) -> None:
    halves = Annotations().add(Rectangle((0, 0), (4, 6)), "image", "#ffffff")
    halves = halves.add(Rectangle((4, 0), (8, 6)), "image", "#ffffff")
    asked = request(kind="curves", format="csv", annotations=halves)
    write_export(tmp_path / "c.csv", asked, silent)

    rows = table(tmp_path / "c.csv")
    total = column(rows, "image (2)") + column(rows, "image (3)")
    np.testing.assert_allclose(total, column(rows, "image"), rtol=1e-5)


def test_spectra_of_regions_and_pins_as_csv(tmp_path: Path) -> None:
    write_export(tmp_path / "s.csv", request(kind="spectra", format="csv"), silent)

    rows = table(tmp_path / "s.csv")
    np.testing.assert_allclose(column(rows, "wavelength_nm"), WAVELENGTHS_NM)
    assert [row["good"] for row in rows] == ["1", "1", "1", "0"]
    assert {row["units"] for row in rows} == {request().cube.units}
    for number, name in enumerate(["Läsion, «1»", "edge"]):
        own = pixels(number)
        told = {
            "mean": np.nanmean(own, axis=0),
            "sd": np.nanstd(own, axis=0, ddof=1),
            "median": np.nanmedian(own, axis=0),
            "q25": np.nanquantile(own, 0.25, axis=0),
            "q75": np.nanquantile(own, 0.75, axis=0),
            "n": np.isfinite(own).sum(axis=0),
        }
        for what, values in told.items():
            np.testing.assert_allclose(column(rows, f"{name} {what}"), values, rtol=1e-6)
    assert column(rows, "Läsion, «1» n").tolist() == [12, 11, 12, 12]
    np.testing.assert_allclose(column(rows, "Pin row 5 col 7"), cube().pixel(5, 7), rtol=1e-6)


def test_spectra_without_wavelengths_count_bands(tmp_path: Path) -> None:
    bare = cube(wavelengths_nm=None, fwhm_nm=None)
    write_export(tmp_path / "s.csv", request(kind="spectra", format="csv", cube=bare), silent)
    write_export(tmp_path / "s.hdr", request(kind="spectra", format="library", cube=bare), silent)

    assert [row["band"] for row in table(tmp_path / "s.csv")] == ["1", "2", "3", "4"]
    assert envi.open(tmp_path / "s.hdr").bands.centers is None


def test_a_spectral_library_by_spy(tmp_path: Path) -> None:
    files = write_export(tmp_path / "s.hdr", request(kind="spectra", format="library"), silent)

    assert files == (tmp_path / "s.hdr", tmp_path / "s.sli")
    library = envi.open(tmp_path / "s.hdr")
    assert isinstance(library, envi.SpectralLibrary)
    assert library.names == [
        *("Läsion «1»", "edge", "Pin row 1 col 2", "Pin row 5 col 7"),
        *("Läsion «1» sd", "edge sd"),
    ]
    assert library.bands.centers == WAVELENGTHS_NM.tolist()
    assert library.bands.bandwidths == [5, 6, 7, 8]
    assert library.spectra.dtype == np.float32
    np.testing.assert_allclose(library.spectra[1], np.nanmean(pixels(1), axis=0), rtol=1e-6)
    np.testing.assert_array_equal(library.spectra[3], cube().pixel(5, 7))
    expected = np.nanstd(pixels(0), axis=0, ddof=1)
    np.testing.assert_allclose(library.spectra[4], expected, rtol=1e-6)
    assert library.metadata["bbl"] == ["1", "1", "1", "0"]


def test_a_region_without_a_pixel_is_left_out(tmp_path: Path) -> None:
    outside = Annotations().add(Rectangle((60, 60), (70, 70)), "outside", "#ffffff")
    asked = request(kind="spectra", format="library", annotations=outside)
    write_export(tmp_path / "s.hdr", asked, silent)
    assert envi.open(tmp_path / "s.hdr").names == ["Pin row 1 col 2", "Pin row 5 col 7"]


@given(st.lists(st.sampled_from(["a", "a (2)", "", " ", "Region", "b"])))
def test_no_name_comes_twice(names: list[str]) -> None:
    found = distinct_names(names)
    assert len(found) == len(names) == len(set(found))
    assert all(found)
    assert all(one.startswith(name.strip()) for name, one in zip(names, found, strict=True))


@pytest.mark.parametrize("kind", ["curves", "spectra"])
def test_steps_of_tables_are_cancelled_before_the_file_is_made(tmp_path: Path, kind: str) -> None:
    def step(fraction: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_export(tmp_path / "t.csv", request(kind=kind, format="csv"), step)
    assert list(tmp_path.iterdir()) == []
