"""Spectral libraries of every format, whole and damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.errors import CubeError
from focus_viewer.io.spectral_libraries.reading import read_library


def envi_library(folder: Path, values: np.ndarray, extra: str = "", suffix: str = ".sli") -> Path:
    lines, samples = values.shape
    text = (
        f"ENVI\nsamples = {samples}\nlines = {lines}\nbands = 1\ndata type = 5\nbyte order = 0\n"
        "header offset = 0\ninterleave = bsq\nfile type = ENVI Spectral Library\n"
        "wavelength units = Micrometers\nwavelength = {0.4, 0.5, 0.6}\n"
        f"spectra names = {{leaf, soil}}\n{extra}"
    )
    (folder / "lib.hdr").write_text(text)
    (folder / f"lib{suffix}").write_bytes(values.astype("<f8").tobytes())
    return folder / f"lib{suffix}"


TWO = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])


def test_envi_by_header_or_data(tmp_path: Path) -> None:
    data = envi_library(tmp_path, TWO)
    for path in (data, tmp_path / "lib.hdr"):
        library = read_library(path)
        assert [spectrum.name for spectrum in library.spectra] == ["leaf", "soil"]
        assert library.spectra[1].wavelengths_nm == pytest.approx([400, 500, 600])
        assert library.spectra[1].values == pytest.approx([0.4, 0.5, 0.6])
        assert library.notes == ()


def test_a_missing_library_is_said_to_be_missing_and_no_cube(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"there is no such file, or only a broken link\.$"):
        read_library(tmp_path / "gone.sli")


def test_a_stated_scale_is_applied_and_a_guessed_one_is_noted(tmp_path: Path) -> None:
    stated = read_library(envi_library(tmp_path, TWO * 5000, "reflectance scale factor = 5000\n"))
    assert stated.spectra[0].values == pytest.approx([0.1, 0.2, 0.3])
    assert stated.notes == ()
    guessed = read_library(envi_library(tmp_path, TWO * 10_000))
    assert guessed.spectra[0].values == pytest.approx([0.1, 0.2, 0.3])
    assert "divided by 10000, a guess" in guessed.notes[0]


def test_bytes_ahead_of_the_spectra_are_passed_over(tmp_path: Path) -> None:
    # spectral 0.25 reads them as values: findings/spy_library_header.sh
    data, header = envi_library(tmp_path, TWO), tmp_path / "lib.hdr"
    data.write_bytes(bytes(12) + data.read_bytes())
    header.write_text(header.read_text().replace("header offset = 0", "header offset = 12"))
    assert read_library(data).spectra[1].values == pytest.approx([0.4, 0.5, 0.6])


def test_what_was_not_measured_is_nan(tmp_path: Path) -> None:
    holes = TWO.copy()
    holes[0, 1] = -1.23e34
    values = read_library(envi_library(tmp_path, holes)).spectra[0].values
    assert np.isnan(values).tolist() == [False, True, False]


def test_a_damaged_envi_library_is_refused(tmp_path: Path) -> None:
    data = envi_library(tmp_path, TWO)
    data.write_bytes(data.read_bytes()[:-8])
    with pytest.raises(CubeError, match="too short"):
        read_library(data)
    data = envi_library(tmp_path, TWO)
    header = tmp_path / "lib.hdr"
    header.write_text(header.read_text().replace("0.4, 0.5, 0.6", "0.4, 0.5"))
    with pytest.raises(CubeError, match="expected 3 wavelengths"):
        read_library(data)


ECOSTRESS = """Name: Abies concolor
Type: vegetation
Class: tree
Particle Size: Unknown
Sample No.: vegetation.tree.abies
Owner: UCSB
Wavelength Range: VSWIR
Origin: none
Description: needles
Measurement: Directional (10 Degree) Hemispherical Reflectance
First Column: X
Second Column: Y
X Units: Wavelength (micrometers)
Y Units: Reflectance (percent)
First X Value: 0.35
Last X Value: 2.5
Number of X Values: 3
Additional Information: none

0.40\t5.0
0.60\t10.0
0.80\t50.0
"""


def test_ecostress(tmp_path: Path) -> None:
    path = tmp_path / "abies.spectrum.txt"
    path.write_text(ECOSTRESS)
    (spectrum,) = read_library(path).spectra
    assert spectrum.name == "Abies concolor"
    assert spectrum.wavelengths_nm == pytest.approx([400, 600, 800])
    assert spectrum.values == pytest.approx([0.05, 0.1, 0.5])


def asd(values: np.ndarray, version: bytes = b"as7", kind: int = 1, reference: float = 0) -> bytes:
    head = bytearray(484)
    head[:3] = version
    head[186] = kind
    struct.pack_into("<ff", head, 191, 350.0, 1.0)
    head[199] = 2
    struct.pack_into("<H", head, 204, values.size)
    content = bytes(head) + values.astype("<f8").tobytes()
    if reference:
        content += bytes(18) + struct.pack("<H", 4) + b"note"
        content += np.full(values.size, reference, dtype="<f8").tobytes()
    return content


def test_asd_reflectance_and_counts_over_their_reference(tmp_path: Path) -> None:
    path, values = tmp_path / "leaf.asd", np.linspace(0.1, 0.5, 50)
    path.write_bytes(asd(values))
    (spectrum,) = read_library(path).spectra
    assert (spectrum.name, spectrum.range_nm) == ("leaf", (350.0, 399.0))
    assert spectrum.values == pytest.approx(values)
    path.write_bytes(asd(values * 40_000, kind=0, reference=40_000.0))
    library = read_library(path)
    assert library.spectra[0].values == pytest.approx(values)
    assert "white reference" in library.notes[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a spectrum" * 50, "begins with 'ASD'"),
        (asd(np.ones(50))[:-40], "cut short"),
        (asd(np.full(50, 900.0), version=b"ASD", kind=0), "counts alone"),
        (asd(np.ones(1)), "damaged"),
    ],
)
def test_damaged_asd_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "leaf.asd"
    path.write_bytes(content)
    with pytest.raises(CubeError, match=words):
        read_library(path)


@pytest.mark.parametrize(
    "text",
    [
        "wavelength,leaf,soil\n400,0.1,0.4\n500,0.2,0.5\n600,0.3,0.6\n",
        "nm;leaf;soil\n400;0,1;0,4\n500;0,2;0,5\n600;0,3;0,6\n",
        "Wavelength (um)\tleaf\tsoil\n0.6\t0.3\t0.6\n0.5\t0.2\t0.5\n0.4\t0.1\t0.4\n",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    path = tmp_path / "two.csv"
    path.write_text(text)
    leaf, soil = read_library(path).spectra
    assert (leaf.name, soil.name) == ("leaf", "soil")
    assert leaf.wavelengths_nm == pytest.approx([400, 500, 600])
    assert soil.values == pytest.approx([0.4, 0.5, 0.6])


def test_a_table_without_two_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("400\n500\n")
    with pytest.raises(CubeError, match="first column"):
        read_library(path)
    path.write_text("400,1\n400,2\n")
    with pytest.raises(CubeError, match="twice"):
        read_library(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.docx"
    path.write_text("x")
    with pytest.raises(CubeError, match="Choose one of"):
        read_library(path)


@pytest.mark.real
def test_real_libraries(real_data: Path) -> None:
    folder = real_data / "spectral_libraries"
    berlin = read_library(folder / "library_berlin.sli")
    assert (len(berlin.spectra), berlin.spectra[0].values.size) == (75, 177)
    assert "divided by 10000" in berlin.notes[0]
    usgs = read_library(folder / "s06av95a_envi.hdr")
    assert len(usgs.spectra) == 1365
    known = np.array([spectrum.values for spectrum in usgs.spectra])
    assert np.isnan(known).any()
    assert np.nanmin(known) > -1


def test_the_checksum_is_that_of_header_and_data(tmp_path: Path) -> None:
    data = envi_library(tmp_path, TWO)
    first = read_library(data)
    assert (first.path, len(first.sha256)) == (data, 64)
    assert read_library(tmp_path / "lib.hdr").sha256 == first.sha256
    envi_library(tmp_path, TWO + 0.1)
    assert read_library(data).sha256 != first.sha256


TABLE = "wavelength,leaf,soil\n450,0.1,0.2\n550,0.2,0.3\n650,0.3,0.4\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_table_that_a_spreadsheet_wrote_in_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding=encoding)
    library = read_library(path)
    assert [spectrum.name for spectrum in library.spectra] == ["leaf", "soil"]
    assert library.spectra[1].values == pytest.approx([0.2, 0.3, 0.4])


def test_utf16_without_its_mark_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(TABLE.encode("utf-16-le"))
    with pytest.raises(CubeError, match=r"UTF-16 without its mark.*Save it as text in UTF-8"):
        read_library(path)


def test_spectra_without_any_value_are_named_and_a_library_of_them_refused(tmp_path: Path) -> None:
    some = TWO.copy()
    some[1] = np.nan
    note = read_library(envi_library(tmp_path, some)).notes[-1]
    assert note == "1 of 2 spectra without any value, never drawn or compared: soil."
    with pytest.raises(CubeError, match="found no value in its 2 spectra"):
        read_library(envi_library(tmp_path, np.full_like(TWO, np.nan)))
