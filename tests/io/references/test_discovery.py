"""References found beside a cube, and read into its lamp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from capture_cases import (
    BANDS,
    COLS,
    DEAD_BAND,
    DEAD_COL,
    PANEL,
    SATURATED,
    WAVELENGTHS_NM,
    Capture,
    make_capture,
)
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    FoundReferences,
    Preprocessing,
    WhiteAndDark,
)
from focus_viewer.io import read_cube
from focus_viewer.io.references.calibration import apply_preprocessing
from focus_viewer.io.references.discovery import find_references

COUNTS = np.full((2, COLS, BANDS), 100, dtype="u2")


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return make_capture(tmp_path)


def references(capture: Capture, panel: float = PANEL) -> WhiteAndDark:
    return WhiteAndDark(capture.white, capture.dark, panel=panel)


def put(folder: Path, name: str, stored: object = COUNTS, **entries: str) -> Path:
    told = {name.replace("_", " "): text for name, text in entries.items()}
    return write_envi(
        folder,
        stored,  # type: ignore[arg-type]
        told,
        data_name=f"{name}.raw",
        header_name=f"{name}.hdr",
    )


def found_names(header: Path) -> list[str | None]:
    found = find_references(read_cube(header))
    files = (found.white, found.dark, found.white_dark)
    return [None if one is None else one.name for one in files]


def test_specim_s_references_are_found(capture: Capture) -> None:
    found = find_references(read_cube(capture.raw))
    assert found.white == capture.white.with_suffix(".raw")
    assert found.dark == capture.dark.with_suffix(".raw")
    assert found.white_dark is None
    assert found.problems == ()


@pytest.mark.parametrize(
    ("white", "dark"),
    [
        ("whiteReference", "darkReference"),
        ("WhiteReference", "DARKREFERENCE"),
        ("white", "dark_current"),
        ("plant-white", "plant_dark"),
        ("WHITEREF_plant", "DARKREF_plant"),
    ],
)
def test_other_makers_names_are_found(tmp_path: Path, white: str, dark: str) -> None:
    header = put(tmp_path, "plant")
    put(tmp_path, white)
    put(tmp_path, dark)
    assert found_names(header) == [f"{white}.raw", f"{dark}.raw", None]


def test_headers_that_keep_the_data_s_suffix_are_found(tmp_path: Path) -> None:
    for name in ("raw", "whiteReference", "darkReference"):
        write_envi(tmp_path, COUNTS, data_name=name, header_name=f"{name}.hdr")
    assert found_names(tmp_path / "raw.hdr") == ["whiteReference", "darkReference", None]


def test_a_reference_of_its_own_comes_before_the_folder_s(tmp_path: Path) -> None:
    header = put(tmp_path, "plant")
    for name in ("whiteReference", "WHITEREF_plant", "WHITEREF_other", "WHITEDARKREF_plant"):
        put(tmp_path, name)
    assert found_names(header) == ["WHITEREF_plant.raw", None, "WHITEDARKREF_plant.raw"]


def test_references_of_other_cubes_are_left(tmp_path: Path) -> None:
    header = put(tmp_path, "plant")
    put(tmp_path, "WHITEREF_other")
    put(tmp_path, "whitefly")
    assert find_references(read_cube(header)) == FoundReferences()


def test_the_camera_s_own_reflectance_is_found(capture: Capture) -> None:
    results = capture.raw.parent.parent / "results"
    results.mkdir()
    (results / "REFLECTANCE_plant.hdr").write_text("ENVI\n")
    assert find_references(read_cube(capture.raw)).reflectance == results / "REFLECTANCE_plant.hdr"


def test_a_reference_itself_and_reflectance_have_none(capture: Capture, tmp_path: Path) -> None:
    assert find_references(read_cube(capture.white)) == FoundReferences()
    put(tmp_path, "whiteReference")
    scaled = put(tmp_path, "plant", reflectance_scale_factor="10000")
    assert find_references(read_cube(scaled)) == FoundReferences()


def test_a_reference_that_does_not_fit_is_told_with_its_binning(tmp_path: Path) -> None:
    header = put(tmp_path, "plant", binning="{1, 1}")
    put(tmp_path, "whiteReference", COUNTS[:, ::2], binning="{2, 1}")
    found = find_references(read_cube(header))
    assert found.white is None
    assert (
        f"expected {COLS} columns (or 1) and {BANDS} bands, found {COLS // 2}" in found.problems[0]
    )
    assert "(binning 2, 1, and 1, 1 in the image)" in found.problems[0]


def test_a_damaged_reference_is_told(capture: Capture) -> None:
    data = capture.white.with_suffix(".raw")
    data.write_bytes(data.read_bytes()[:-1])
    found = find_references(read_cube(capture.raw))
    assert found.white is None
    assert "too short" in found.problems[0]


def test_other_wavelengths_are_refused(capture: Capture, tmp_path: Path) -> None:
    moved = ", ".join(f"{one + 30:.1f}" for one in WAVELENGTHS_NM)
    other = put(tmp_path, "other", wavelength=f"{{{moved}}}", wavelength_units="nm")
    with pytest.raises(CubeError, match=r"other.hdr does not fit plant.*30.0 nm apart"):
        apply_preprocessing(read_cube(capture.raw), Preprocessing(references=WhiteAndDark(other)))


def test_reflectance_is_what_it_was(capture: Capture) -> None:
    before = capture.raw.with_suffix(".raw").read_bytes()
    cube = apply_preprocessing(
        read_cube(capture.raw), Preprocessing(references=references(capture))
    )
    found = cube.block(slice(None), slice(None))
    missing = np.isnan(found)
    wanted = np.zeros(found.shape, dtype=np.bool_)
    wanted[:, DEAD_COL, DEAD_BAND] = True
    wanted[SATURATED] = True
    np.testing.assert_array_equal(missing, wanted)
    steps = 1 / (capture.lamp_counts * 20)  # a count of 20 ms
    error = np.abs(found - capture.reflectance)[~missing]
    assert error.max() < 3 * steps.max()
    assert capture.raw.with_suffix(".raw").read_bytes() == before


def test_the_notes_say_what_was_done(capture: Capture) -> None:
    cube = apply_preprocessing(
        read_cube(capture.raw), Preprocessing(references=references(capture))
    )
    told = "\n".join(cube.notes)
    assert cube.units == "reflectance"
    assert "white WHITEREF_plant.hdr (mean of 8 lines), dark DARKREF_plant.hdr (6 lines)" in told
    assert "panel 0.5" in told
    assert "image 20, white reference 10; scaled by 0.5" in told
    assert "dark reference of the white reference was recorded with 20" in told
    assert "1 of 960 pixels of the sensor is dead" in told
    assert "1 number saturated (4095 or more; all lines read)" in told


def test_without_a_time_in_both_headers_they_are_taken_as_the_same(
    capture: Capture,
) -> None:
    text = capture.white.read_text()
    capture.white.write_text(text.replace("tint = 10\n", ""))
    cube = apply_preprocessing(
        read_cube(capture.raw), Preprocessing(references=references(capture))
    )
    np.testing.assert_allclose(cube.pixel(12, 16), 2 * capture.reflectance[12, 16], rtol=0.05)
    assert any("assumed to be equal" in note for note in cube.notes)


def test_two_detectors_have_two_times(tmp_path: Path) -> None:
    half = BANDS // 2
    places = {"vimg1": f"{{1, {half}}}", "vimg2": f"{{{half + 1}, {BANDS}}}"}
    plant = put(tmp_path, "plant", COUNTS, tint1="10", tint2="20", **places)
    white = put(tmp_path, "white", COUNTS, tint1="20", tint2="10", **places)
    cube = apply_preprocessing(
        read_cube(plant), Preprocessing(references=WhiteAndDark(white, average="median"))
    )
    np.testing.assert_allclose(cube.pixel(0, 0), [2.0] * half + [0.5] * half, rtol=1e-6)


def test_a_median_is_not_moved_by_a_line_beside_the_panel(tmp_path: Path) -> None:
    white = np.full((5, COLS, BANDS), 200, dtype="u2")
    white[0] = 10
    plant, reference = put(tmp_path, "plant"), put(tmp_path, "white", white)
    for average, wanted in (("median", 0.5), ("mean", 100 / 162)):
        preprocessing = Preprocessing(references=WhiteAndDark(reference, average=average))  # type: ignore[arg-type]
        found = apply_preprocessing(read_cube(plant), preprocessing).pixel(0, 0)
        np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_a_changed_reference_is_read_again(tmp_path: Path) -> None:
    plant, white = put(tmp_path, "plant"), put(tmp_path, "white", COUNTS * 2)
    preprocessing = Preprocessing(references=WhiteAndDark(white))
    first = apply_preprocessing(read_cube(plant), preprocessing).pixel(0, 0)
    put(tmp_path, "white", np.concatenate([COUNTS, COUNTS]) * 4)
    again = apply_preprocessing(read_cube(plant), preprocessing).pixel(0, 0)
    np.testing.assert_allclose((first[0], again[0]), (0.5, 0.25), rtol=1e-6)


def test_a_panel_of_a_table_counts_by_wavelength(capture: Capture, tmp_path: Path) -> None:
    table = tmp_path / "panel.csv"
    table.write_text("wavelength,reflectance\n400,0.4\n700,0.5\n900,0.5\n")
    chosen = WhiteAndDark(capture.white, capture.dark, panel_file=table)
    cube = apply_preprocessing(read_cube(capture.raw), Preprocessing(references=chosen))
    found, wanted = cube.pixel(0, 0), capture.reflectance[0, 0].copy()
    inside = WAVELENGTHS_NM <= 900
    wanted[WAVELENGTHS_NM < 700] *= (
        2 * np.interp(WAVELENGTHS_NM, [400, 700], [0.4, 0.5])[WAVELENGTHS_NM < 700]
    )
    np.testing.assert_allclose(found[inside], wanted[inside], rtol=0.02)
    assert np.isnan(found[~inside]).all()
    assert any("bands are outside the table panel.csv" in note for note in cube.notes)


def test_a_missing_reference_is_named(capture: Capture) -> None:
    capture.white.unlink()
    with pytest.raises(CubeError, match=r"WHITEREF_plant\.hdr is not there: expected a reference"):
        apply_preprocessing(read_cube(capture.raw), Preprocessing(references=references(capture)))


def test_a_flat_field_masks_and_counts_what_is_saturated(capture: Capture) -> None:
    flat = FlatField((2.0,) * BANDS, "the mean of panel")
    raw = read_cube(capture.raw)
    cube = apply_preprocessing(raw, Preprocessing(flat_field=flat))
    row, col, band = SATURATED
    wanted = raw.pixel(row, col) / 2
    wanted[band] = np.nan
    np.testing.assert_allclose(cube.pixel(row, col), wanted)
    assert any("1 number saturated (4095 or more; all lines" in note for note in cube.notes)


@pytest.mark.real
def test_a_real_dark_line_is_found_and_taken_off(real_data: Path, tmp_path: Path) -> None:
    dark = real_data / "envi_quirks/plantcv/darkReference"
    header = dark.with_name("darkReference.hdr").read_text()
    (tmp_path / "darkReference").symlink_to(dark)
    (tmp_path / "darkReference.hdr").write_text(header)
    line = np.fromfile(dark, dtype="<u2").reshape(1, 978, 1600)
    for name, stored in (("raw", line + 30), ("whiteReference", line + 60)):
        stored.astype("<u2").tofile(tmp_path / name)
        (tmp_path / f"{name}.hdr").write_text(header)
    cube = read_cube(tmp_path / "raw.hdr")
    found = find_references(cube)
    assert found.white is not None
    assert found.dark is not None
    chosen = WhiteAndDark(found.white, found.dark, panel=0.99)
    whole = apply_preprocessing(cube, Preprocessing(references=chosen)).block(
        slice(None), slice(None)
    )
    np.testing.assert_allclose(whole, 0.495, rtol=1e-5)
