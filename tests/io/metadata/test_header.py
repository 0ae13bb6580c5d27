"""Headers as cameras and programs really write them."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from envi_bytes import write_envi

from focus_viewer.core.errors import CubeError
from focus_viewer.io import read_cube
from focus_viewer.io.metadata.header import read_header, respelled_notes


def rewrite(header: Path, old: str, new: str) -> Path:
    text = header.read_text(encoding="utf-8")
    assert old in text
    header.write_text(text.replace(old, new), encoding="utf-8")
    return header


def test_byte_order_mark(tmp_path: Path) -> None:
    header = write_envi(tmp_path)
    header.write_bytes(codecs.BOM_UTF8 + header.read_bytes())

    assert read_cube(header).shape == (3, 4, 5)


def test_utf16_of_windows_editors(tmp_path: Path) -> None:
    header = write_envi(tmp_path)
    header.write_bytes(header.read_text(encoding="utf-8").encode("utf-16"))

    assert read_cube(header).shape == (3, 4, 5)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_micro_sign(tmp_path: Path, encoding: str) -> None:
    entries = {"wavelength": "{0.4, 0.5, 0.6, 0.7, 0.8}", "wavelength units": "µm"}
    header = write_envi(tmp_path, None, entries)
    header.write_bytes(header.read_text(encoding="utf-8").encode(encoding))

    cube = read_cube(header)

    assert cube.wavelengths_nm is not None
    assert cube.wavelengths_nm.tolist() == pytest.approx([400, 500, 600, 700, 800])


@pytest.mark.parametrize("first", ["envi", "ENVI ", "  Envi", "\nENVI"])
def test_first_line_in_any_case(tmp_path: Path, first: str) -> None:
    header = rewrite(write_envi(tmp_path), "ENVI\n", first + "\n")

    assert read_cube(header).shape == (3, 4, 5)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(tmp_path: Path, end: str) -> None:
    header = write_envi(tmp_path, None, {"wavelength": "{\n400,\n500,\n600,\n700,\n800}"})
    header.write_bytes(header.read_bytes().replace(b"\n", end.encode()))

    cube = read_cube(header)

    assert cube.wavelengths_nm is not None and cube.wavelengths_nm[4] == 800


def test_missing_byte_order_is_little_endian_and_said(tmp_path: Path) -> None:
    cube = read_cube(write_envi(tmp_path, None, {"byte order": None}))

    assert cube.pixel(0, 0).tolist() == [0, 1, 2, 3, 4]
    assert any("byte order" in note and "little-endian" in note for note in cube.notes)


def test_missing_header_offset_is_none(tmp_path: Path) -> None:
    assert read_cube(write_envi(tmp_path, None, {"header offset": None})).pixel(0, 0)[1] == 1


def test_comments_and_the_missing_last_line_end(tmp_path: Path) -> None:
    header = write_envi(tmp_path, None, {"wavelength": "{400,\n; lines = 7\n500,600,700,800}"})
    text = header.read_text(encoding="utf-8").strip()
    header.write_text(text.replace("ENVI\n", "ENVI\n; samples = 9\n"), encoding="utf-8")

    cube = read_cube(header)

    assert cube.shape == (3, 4, 5)
    assert cube.wavelengths_nm is not None and cube.wavelengths_nm.tolist()[:2] == [400, 500]


def test_list_with_leading_commas(tmp_path: Path) -> None:
    cube = read_cube(
        write_envi(tmp_path, None, {"wavelength": "{\n400\n,500\n,600\n,700\n,800\n}"})
    )

    assert cube.wavelengths_nm is not None
    assert cube.wavelengths_nm.tolist() == [400, 500, 600, 700, 800]


def test_names_in_any_case_and_spacing(tmp_path: Path) -> None:
    header = write_envi(tmp_path, None, {"bbl": "{1, 0, 1, 1, 1}"})
    text = header.read_text(encoding="utf-8")
    text = text.replace("data type", "Data  Type").replace("samples", "Samples")
    header.write_text(text.replace(" = ", "="), encoding="utf-8")

    cube = read_cube(header)

    assert cube.shape == (3, 4, 5)
    assert cube.good_bands.tolist() == [True, False, True, True, True]


def test_description_without_braces_and_entries_of_others(tmp_path: Path) -> None:
    entries = {"description": "made [Mon Jul 15 2019]", "point napari": "{6.9, 3.07}", "errors": ""}
    cube = read_cube(write_envi(tmp_path, None, entries))

    assert cube.header["description"] == "made [Mon Jul 15 2019]"
    assert cube.header["point napari"] == "{6.9, 3.07}"
    assert cube.header["errors"] == ""


def test_description_over_lines_with_equals_signs_in_it(tmp_path: Path) -> None:
    cube = read_cube(write_envi(tmp_path, None, {"description": "{\n  bands = 99\n  lines = 99}"}))

    assert cube.shape == (3, 4, 5)


def test_braces_never_closed(tmp_path: Path) -> None:
    header = write_envi(tmp_path, None, {"wavelength": "{400, 500,"})

    with pytest.raises(CubeError, match=r"cube\.hdr: the braces of 'wavelength' are never closed"):
        read_cube(header)


NOT_ENVI = {
    "empty": (b"", r"is empty"),
    "blank": (b" \n \n", r"is empty"),
    "esri": (b"BYTEORDER I\nLAYOUT BIL\nNROWS 540\nNCOLS 510\nNBANDS 636\nNBITS 16\n", r"ESRI"),
    "text": (b"Dear diary,\nsamples = 4\n", r"expected 'ENVI' in its first line, found 'Dear diar"),
    "other word": (b"ENVIRONMENT\nsamples = 4\n", r"found 'ENVIRONMENT'"),
    "picture": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\x80\xff\x00", r"found '#\?RADIANCE'"),
    "binary": (bytes(range(256)) * 4, r"expected 'ENVI'"),
}


@pytest.mark.parametrize("name", NOT_ENVI)
def test_what_is_no_envi_header(tmp_path: Path, name: str) -> None:
    content, told = NOT_ENVI[name]
    header = tmp_path / "x.hdr"
    header.write_bytes(content)

    with pytest.raises(CubeError, match=told) as error:
        read_cube(header)

    assert str(header) in str(error.value)


def test_header_too_large_to_be_one(tmp_path: Path) -> None:
    header = tmp_path / "x.hdr"
    header.write_bytes(b"ENVI\n" + b"wavelength = {" + b"1, " * 1_000_000)

    with pytest.raises(CubeError, match="too large for an ENVI header"):
        read_cube(header)


@pytest.mark.timeout(20)
def test_as_many_lines_as_fit_are_read_without_a_hang(tmp_path: Path) -> None:
    header = tmp_path / "x.hdr"
    header.write_bytes(b"ENVI\nwavelength = {" + b"\n" * 1_900_000 + b"}")

    assert read_header(header).text("wavelength") == ""


MISSING_OR_WRONG = [
    ("samples", None, "has no 'samples'"),
    ("lines", None, "has no 'lines'"),
    ("bands", None, "has no 'bands'"),
    ("data type", None, "'data type' among .* found 'none'"),
    ("data type", "7", "'data type' among .* found '7'"),
    ("interleave", None, "bsq, bil or bip, found 'none'"),
    ("interleave", "bup", "bsq, bil or bip, found 'bup'"),
    ("byte order", "Intel", "0 .little-endian. or 1 .big-endian., found 'Intel'"),
    ("lines", "0", "whole number from 1 to 1,000,000 for 'lines', found '0'"),
    ("lines", "-3", "found '-3'"),
    ("samples", "four", "found 'four'"),
    ("samples", "4.5", "found '4.5'"),
    ("bands", "1000000000000", "found '1000000000000'"),
    ("bands", "9" * 5000, "found '9999"),
    ("header offset", "-1", "whole number from 0 .* for 'header offset', found '-1'"),
    ("header offset", "1e3", "found '1e3'"),
]


@pytest.mark.parametrize(("name", "value", "told"), MISSING_OR_WRONG)
def test_entry_missing_or_wrong(tmp_path: Path, name: str, value: str | None, told: str) -> None:
    header = write_envi(tmp_path, None, {name: value})

    with pytest.raises(CubeError, match=told) as error:
        read_cube(header)

    assert str(header) in str(error.value)


OTHER_KINDS = [
    ({"file type": "ENVI Spectral Library"}, "a spectral library"),
    ({"file type": "ENVI Classification"}, "a classification"),
    ({"file type": "ENVI Meta File"}, "a list of other files"),
    ({"file type": "ENVI Virtual Mosaic"}, "a list of other files"),
    ({"file compression": "2"}, r"0 .none. or 1 .gzip., found '2'"),
    ({"major frame offsets": "{128, 128}"}, "'major frame offsets', found '128, 128'"),
]


@pytest.mark.parametrize(("entries", "told"), OTHER_KINDS)
def test_other_kinds_are_refused_by_name(
    tmp_path: Path, entries: dict[str, str], told: str
) -> None:
    with pytest.raises(CubeError, match=told):
        read_cube(write_envi(tmp_path, None, entries))


@pytest.mark.parametrize(
    "entries",
    [{"file type": "ENVI"}, {"file type": None}, {"minor frame offsets": "{0, 0}"}],
)
def test_plain_images_are_not_refused(tmp_path: Path, entries: dict[str, str | None]) -> None:
    assert read_cube(write_envi(tmp_path, None, entries)).shape == (3, 4, 5)


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("wavelengths = {450, 550}", "wavelength", "{450, 550}"),
        ("wavelength_units = nm", "wavelength units", "nm"),
        ("center wavelength = {450, 550}", "wavelength", "{450, 550}"),
        ("center_wavelengths = [450. 550.]", "wavelength", "{450. 550.}"),
        ("wavelength_nm = {450, 550}", "wavelength units", "nm"),
        ("Wavelength (nm) = {450, 550}", "wavelength", "{450, 550}"),
        ("Wavelengths [um] = {.45, .55}", "wavelength units", "um"),
        ("reflectance_scale_factor = 10000", "reflectance scale factor", "10000"),
        ("data_ignore_value = -9999", "data ignore value", "-9999"),
        ("map_info = {UTM, 1, 1}", "map info", "{UTM, 1, 1}"),
        ("band_names = {a, b}", "band names", "{a, b}"),
        ("wavelength = [450. 550.\n 650.]", "wavelength", "{450. 550.\n650.}"),
    ],
)
def test_other_spellings_of_known_entries(
    tmp_path: Path, written: str, name: str, value: str
) -> None:
    path = tmp_path / "a.hdr"
    path.write_text(f"ENVI\nsamples = 3\n{written}\nlines = 2\n")
    header = read_header(path)
    assert header.entries[name] == value
    assert header.entries["lines"] == "2"
    changed = written.split(" =")[0].lower()
    assert header.respelled == (() if changed == name else (changed,))


def test_an_entry_under_its_usual_name_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.hdr"
    path.write_text("ENVI\nwavelengths = {1, 2}\nwavelength = {450, 550}\nsensor = [A] B\n")
    header = read_header(path)
    assert header.entries["wavelength"] == "{450, 550}"
    assert header.entries["wavelengths"] == "{1, 2}"
    assert header.entries["sensor"] == "[A] B"
    assert header.respelled == ()


def test_a_note_names_what_was_taken_for_what(tmp_path: Path) -> None:
    path = tmp_path / "a.hdr"
    path.write_text("ENVI\nwavelengths = {450, 550}\n")
    assert respelled_notes(read_header(path)) == [
        "Spelling of the header: taken `wavelengths` for `wavelength`."
    ]
