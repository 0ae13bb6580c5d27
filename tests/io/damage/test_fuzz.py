"""Any header gives a cube or a `CubeError`: no other error, no hang, no memory taken wildly."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_viewer.core.errors import CubeError
from focus_viewer.io import find_cubes, read_cube

DATA = np.linspace(-1, 2, 240).astype("<f4").tobytes()
MAX_BYTES = 4_000_000
VALID = """ENVI
description = {A leaf, measured
  on Monday}
samples = 4
lines = 3
bands = 5
header offset = 0
file type = ENVI Standard
data type = 4
interleave = bil
byte order = 0
default bands = {3, 2, 1}
reflectance scale factor = 2.5
data ignore value = -1
wavelength units = Micrometers
band names = {b1 (400 nm), b2 (500 nm), b3 (600 nm), b4 (700 nm), b5 (800 nm)}
wavelength = {0.4, 0.5, 0.6, 0.7, 0.8}
fwhm = {0.01, 0.01, 0.01, 0.01, 0.01}
bbl = {1, 1, 0, 1, 1}
data gain values = {1, 2, 3, 4, 5}
data offset values = {0, 0, 0, 0, 1}
"""
NAMES = [line.partition(" =")[0] for line in VALID.splitlines() if " = " in line] + [
    "file compression", "major frame offsets", "data reflectance gain values", "data units",
    "z plot titles", "",
]  # fmt: skip
HOSTILE = [
    "0", "1", "-1", "3", "5", "12", "15", "1000000", "999999999999", "9223372036854775807",
    "9" * 400, "9" * 5000, "0x10", "1_0", "٣", "½", "1e308", "-1e308", "1e-320", "1e30", "nan",
    "inf", "-inf", "", "{", "}", "{}", "{,}", "{{}}", "= = =", "; x", "\0", "\ud7ff",
    "bsq", "bup", "µm", "nm", "1/cm", "Wavenumber", "ENVI Spectral Library", "{1, 2, 3, 4, 5}",
    "{5, 4, 3, 2, 1}", "{nan, 1, 2, 3, 4}", "{1e308, 1e308, 1e308, 1e308, 1e308}",
    "{1e-9, 1e9, 1, 1, 1}", "{1 nm, 2 nm, 3 nm, 4 nm, 5 nm}", "{" + "1," * 5000 + "}",
]  # fmt: skip

values = st.one_of(
    st.sampled_from(HOSTILE),
    st.integers().map(str),
    st.floats().map(repr),
    st.text(max_size=30),
    st.lists(st.floats().map(repr), max_size=8).map(lambda v: "{" + ", ".join(v) + "}"),
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good header with a few pieces cut out, put in or written over."""
    text = VALID
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = start + draw(st.integers(0, 12))
        text = text[:start] + draw(st.one_of(st.just(""), values)) + text[stop:]
    return text.encode(draw(st.sampled_from(("utf-8", "utf-16"))), errors="replace")


@st.composite
def rewritten(draw: st.DrawFn) -> bytes:
    """A good header of which some entries have other values."""
    lines = dict(line.split(" = ", 1) for line in VALID.splitlines() if " = " in line)
    lines["description"] = "{}"
    lines.update(draw(st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=5)))
    text = "ENVI\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())
    return text.encode("utf-8", errors="replace")


@st.composite
def noise(draw: st.DrawFn) -> bytes:
    """Bytes that are no header, or only begin like one."""
    first = draw(st.sampled_from((b"", b"ENVI\n", b"\xef\xbb\xbfENVI\r\n", b"envi\nbands = ")))
    return first + draw(st.binary(max_size=400))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz")
    (path / "cube.img").write_bytes(DATA)
    return path


def assert_cube_or_error(folder: Path, content: bytes) -> None:
    header = folder / "cube.hdr"
    header.write_bytes(content)
    tracemalloc.start()
    try:
        read_everything(header)
        find_cubes(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MAX_BYTES


def read_everything(header: Path) -> None:
    try:
        cube = read_cube(header)
    except CubeError as error:
        assert "cube." in str(error)
        return
    whole = cube.block(slice(None), slice(None))
    assert whole.shape == cube.shape and whole.dtype == np.float32
    assert not np.isinf(whole).any()
    assert cube.good_bands.any()
    assert all(0 <= band < cube.bands for band in cube.default_bands)
    if cube.wavelengths_nm is not None:
        assert (np.diff(cube.wavelengths_nm) >= 0).all()
        assert np.isfinite(cube.wavelengths_nm).all()


def test_the_header_that_is_damaged_below_is_good(folder: Path) -> None:
    (folder / "cube.hdr").write_text(VALID, encoding="utf-8")

    assert read_cube(folder / "cube.hdr").shape == (3, 4, 5)


@given(content=mutated())
@settings(max_examples=1200)
def test_mutated_headers(folder: Path, content: bytes) -> None:
    assert_cube_or_error(folder, content)


@given(content=rewritten())
@settings(max_examples=1200)
def test_headers_with_hostile_values(folder: Path, content: bytes) -> None:
    assert_cube_or_error(folder, content)


@given(content=noise())
@settings(max_examples=400)
def test_noise(folder: Path, content: bytes) -> None:
    assert_cube_or_error(folder, content)
