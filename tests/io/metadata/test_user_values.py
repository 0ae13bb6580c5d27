"""What the user says of a file counts in every format, or is refused by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
import tifffile
from envi_bytes import write_envi

import focus_viewer as fv
from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.project import fingerprint, read_project, write_project
from focus_viewer.io.remembered_choices import forget, recall, remember

STORED = np.random.default_rng(4).integers(100, 9000, (6, 7, 5)).astype("<u2")
STORED[0, 0] = 65535
GIVEN_NM = (900.0, 800.0, 700.0, 600.0, 500.0)
SAID = ArrayChoice(
    wavelengths_nm=GIVEN_NM, units="reflectance", scale=10_000.0, no_data=65535.0, origin="w.csv"
)
FORMATS = ("envi", "envi with all", "tiff", "gdal", "npz", "h5", "mat")


def written(folder: Path, kind: str) -> tuple[Path, ArrayChoice]:
    """Write the numbers in a format; return the file and what is said of it, its axes included."""
    layout = ArrayChoice()
    path = folder / f"c.{kind.split()[0]}"
    if kind.startswith("envi"):
        own = {
            "wavelength": "{1, 2, 3, 4, 5}", "wavelength units": "Micrometers",
            "fwhm": "{0.1, 0.1, 0.1, 0.1, 0.1}", "data ignore value": "0",
            "data gain values": "{7, 7, 7, 7, 7}",
        }  # fmt: skip
        path = write_envi(folder, STORED, own if kind == "envi with all" else {})
    elif kind == "tiff":
        tifffile.imwrite(path, STORED.transpose(2, 0, 1), photometric="minisblack")
    elif kind == "gdal":
        import rasterio

        path = folder / "c.tif"
        with rasterio.open(
            path, "w", driver="GTiff", height=6, width=7, count=5, dtype="uint16", nodata=0,
            transform=rasterio.Affine(1, 0, 500_000, 0, -1, 5_000_000),
        ) as data:  # fmt: skip
            data.write(STORED.transpose(2, 0, 1))
            data.scales = (3.0,) * 5
    elif kind == "npz":
        np.savez(path, cube=STORED)
        layout = ArrayChoice(axes=("rows", "cols", "bands"))
    elif kind == "h5":
        with h5py.File(path, "w") as file:
            file["cube"] = STORED
            file["cube"].attrs["scale_factor"] = 4.0
            file["cube"].attrs["_FillValue"] = 0
        layout = ArrayChoice(axes=("rows", "cols", "bands"))
    else:
        scipy.io.savemat(path, {"cube": STORED}, appendmat=False)
        layout = ArrayChoice(axes=("rows", "cols", "bands"))
    return path, replace(SAID, axes=layout.axes)


def check_as_said(cube: Cube) -> None:
    assert cube.wavelengths_nm is not None
    np.testing.assert_array_equal(cube.wavelengths_nm, sorted(GIVEN_NM))
    assert cube.units == "reflectance"
    values = cube.block(slice(None), slice(None))
    expected = STORED[:, :, ::-1] / 10_000
    expected[0, 0] = np.nan
    np.testing.assert_allclose(values, expected, rtol=1e-6)


def test_the_files_widths_stay_with_their_bands(tmp_path: Path) -> None:
    own = {
        "wavelength": "{700, 600, 500, 400, 800}", "wavelength units": "nm",
        "fwhm": "{7, 6, 5, 4, 8}",
    }  # fmt: skip
    path = write_envi(tmp_path, STORED, own)
    given = (701.0, 601.0, 501.0, 401.0, 801.0)
    cube = read_cube(path, ArrayChoice(wavelengths_nm=given))
    assert cube.fwhm_nm == pytest.approx([4, 5, 6, 7, 8])
    given_too = read_cube(path, ArrayChoice(wavelengths_nm=given, fwhm_nm=(3.0,) * 5))
    assert given_too.fwhm_nm == pytest.approx([3] * 5)


@pytest.mark.parametrize(
    "own",
    [
        {"fwhm": "{5, 6, 7, 8, 9}"},
        {"fwhm": "{.005, .006, .007, .008, .009}", "wavelength units": "um"},
        {"fwhm": "{5, 6, 7, 8, 9}", "wavelength": "{1, 2, 3, 4, 5}", "wavelength units": "nm"},
    ],
)
def test_widths_of_a_file_without_wavelengths(tmp_path: Path, own: dict[str, str]) -> None:
    cube = read_cube(write_envi(tmp_path, STORED, own), ArrayChoice(wavelengths_nm=GIVEN_NM))
    assert cube.fwhm_nm == pytest.approx([9, 8, 7, 6, 5])


def test_numbers_that_are_said_are_not_rounded(tmp_path: Path) -> None:
    path = write_envi(tmp_path, STORED.astype("<i4"))
    cube = read_cube(path, ArrayChoice(scale=12345.6789, no_data=-2147483648.0))
    assert any("scale 1/12345.6789, no-data value -2147483648." in note for note in cube.notes)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_said_counts_in_every_format(tmp_path: Path, kind: str) -> None:
    path, said = written(tmp_path, kind)
    cube = read_cube(path, said)
    check_as_said(cube)
    assert cube.choice == said
    own_widths = kind == "envi with all"
    assert cube.fwhm_nm == (pytest.approx([100.0] * 5) if own_widths else None)
    assert own_widths == any("widths of the bands are the file's" in note for note in cube.notes)
    assert any("w.csv" in note for note in cube.notes)
    assert any("scale 1/10000, no-data value 65535" in note for note in cube.notes)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_scale_alone_makes_reflectance_of_counts(tmp_path: Path, kind: str) -> None:
    path, said = written(tmp_path, kind)
    cube = read_cube(path, ArrayChoice(axes=said.axes, scale=10_000.0))
    assert cube.units == "reflectance"
    np.testing.assert_allclose(cube.pixel(3, 3), STORED[3, 3] / 10_000, rtol=1e-6)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"wavelengths_nm": (500.0, 600.0)}, "expected 5 wavelengths, one for each band, found 2"),
        ({"wavelengths_nm": (500.0,) * 5}, "expected different wavelengths"),
        ({"wavelengths_nm": (-1.0, 2.0, 3.0, 4.0, 5.0)}, "above 0"),
        ({"no_data": -9999.0}, "no-data value that uint16 numbers can be"),
        ({"no_data": 0.5}, "no-data value"),
        ({"scale": 0.0}, "positive number for the scale"),
        ({"image_shape": (5, 5)}, "--image-shape cannot apply"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, kind: str, wrong: dict[str, object], text: str
) -> None:
    path, said = written(tmp_path, kind)
    with pytest.raises(CubeError, match=text):
        read_cube(path, replace(said, **wrong))  # type: ignore[arg-type]


def test_widths_are_given_beside_wavelengths(tmp_path: Path) -> None:
    widths = (5.0, 4.0, 3.0, 2.0, 1.0)
    cube = read_cube(write_envi(tmp_path, STORED), replace(SAID, fwhm_nm=widths))
    assert cube.fwhm_nm is not None
    np.testing.assert_array_equal(cube.fwhm_nm, widths[::-1])


def test_no_wavelengths_can_be_said(tmp_path: Path) -> None:
    path, _ = written(tmp_path, "envi with all")
    assert read_cube(path).wavelengths_nm is not None
    assert read_cube(path, ArrayChoice(wavelengths_nm=())).wavelengths_nm is None


def test_python_gives_all_to_an_envi_file(tmp_path: Path) -> None:
    path, _ = written(tmp_path, "envi with all")
    check_as_said(
        fv.open_cube(
            path, wavelengths_nm=GIVEN_NM, units="reflectance", scale=10_000, no_data=65535
        )
    )


@pytest.fixture
def envi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    return write_envi(tmp_path, STORED)


def test_an_envi_file_is_remembered_by_either_of_its_files(envi: Path) -> None:
    remember(envi.with_suffix(".img"), SAID)
    for path in (envi, envi.with_suffix(".img")):
        assert recall(path) == SAID
        cube = read_cube(path)
        check_as_said(cube)
        assert any("before" in note for note in cube.notes)
    forget(envi)
    assert read_cube(envi).wavelengths_nm is None


def test_a_corrected_header_ends_what_was_remembered(envi: Path) -> None:
    remember(envi, SAID)
    envi.write_text(envi.read_text() + "wavelength = {1, 2, 3, 4, 5}\n")
    assert recall(envi) is None


def test_a_project_keeps_what_was_said_of_an_envi_file(envi: Path, tmp_path: Path) -> None:
    cube = read_cube(envi, SAID)
    assert cube.path is not None
    kept = ProjectCube(cube.path, fingerprint(cube), cube.shape, choice=SAID)
    write_project(tmp_path / "a.focus.json", Project((kept,)))
    reading = read_project(tmp_path / "a.focus.json", lambda model: "")
    assert reading.changed == ()
    saved = reading.project.cubes[0]
    check_as_said(read_cube(saved.path, saved.choice))


UNITS = {
    "nanometers (nm)": 500.0, "Wavelength (nm)": 500.0, '"nm"': 500.0, "[nm]": 500.0,
    "'Nanometers'": 500.0, "wavelength [µm]": 0.5, "um (micrometers)": 0.5, "(cm-1)": 20_000.0,
    "wave number / cm^-1": 20_000.0,
}  # fmt: skip


@pytest.mark.parametrize("text", UNITS)
def test_units_in_other_words(tmp_path: Path, text: str) -> None:
    entries = {"wavelength": f"{{{UNITS[text]}}}", "wavelength units": text}
    cube = read_cube(write_envi(tmp_path, STORED[:, :, :1], entries))
    assert cube.wavelengths_nm is not None
    np.testing.assert_allclose(cube.wavelengths_nm, 500.0)
    assert not any("guessed" in note for note in cube.notes)


@pytest.mark.parametrize(("text", "first"), [("furlongs", 500), ("lambda", 0.5), ("10^-9 m", 500)])
def test_an_unknown_word_is_guessed(tmp_path: Path, text: str, first: float) -> None:
    entries = {"wavelength": f"{{{first}}}", "wavelength units": text}
    cube = read_cube(write_envi(tmp_path, STORED[:, :, :1], entries))
    assert cube.wavelengths_nm is not None
    np.testing.assert_allclose(cube.wavelengths_nm, 500.0)
    assert any("guessed from their size" in note for note in cube.notes)


@pytest.mark.parametrize(("text", "first"), [("Index", 500.0), ("GHz", 500.0), ("furlongs", 1e6)])
def test_what_is_no_wavelength_is_ignored(tmp_path: Path, text: str, first: float) -> None:
    entries = {"wavelength": f"{{{first}}}", "wavelength units": text}
    cube = read_cube(write_envi(tmp_path, STORED[:, :, :1], entries))
    assert cube.wavelengths_nm is None
    assert any("is not known" in note and "--wavelengths" in note for note in cube.ignored)


WIDTHS = {  # centres, unit, widths as written, widths in nm, whether that is noted
    "nm under µm": ((0.41, 0.42, 0.43, 0.44, 0.45), "um", 9.8, 9.8, True),
    "µm under nm": ((410, 420, 430, 440, 450), "nm", 0.0098, 9.8, True),
    "oversampled": ((410.0, 410.6, 411.2, 411.8, 412.4), "nm", 6.0, 6.0, False),
    "a few bands of a fine sensor": ((410, 600, 800, 1000, 1200), "nm", 1.3, 1.3, False),
    "multispectral": ((480, 560, 660, 830, 1600), "nm", 200.0, 200.0, False),
    "thermal": ((8.3, 8.6, 9.1, 10.6, 11.3), "um", 0.7, 700.0, False),
    "fluorescence": ((670, 670.1, 670.2, 670.3, 670.4), "nm", 0.25, 0.25, False),
}


@pytest.mark.parametrize("case", WIDTHS)
@pytest.mark.parametrize("kind", ["envi", "h5"])
def test_widths_in_another_unit_are_known_by_their_size(
    tmp_path: Path, case: str, kind: str
) -> None:
    centers, unit, width, expected, noted = WIDTHS[case]
    if kind == "h5":
        with h5py.File(tmp_path / "c.h5", "w") as file:
            file["cube"] = STORED
            file["wavelength"] = np.array(centers, float)
            file["wavelength"].attrs["units"] = unit
            file["fwhm"] = np.full(5, width)
        cube = read_cube(tmp_path / "c.h5", ArrayChoice(axes=("rows", "cols", "bands")))
    else:
        listed = {"wavelength": str(list(centers)), "fwhm": str([width] * 5)}
        entries = {name: f"{{{text[1:-1]}}}" for name, text in listed.items()}
        cube = read_cube(write_envi(tmp_path, STORED, entries | {"wavelength units": unit}))
    assert cube.fwhm_nm is not None
    np.testing.assert_allclose(cube.fwhm_nm, expected)
    assert any("another unit than the wavelengths" in note for note in cube.notes) == noted
