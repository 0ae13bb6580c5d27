"""Files of the publication figure: real text, their own story, the same bytes again."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image
from publication_cases import EVERYTHING, make_subject

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.figures.figure_file import About, Kind, rendered, write_figure
from focus_viewer.figures.publication import about_figure, publication_figure

SUBJECT = make_subject()
SPEC = replace(EVERYTHING, panels=("composite", "heatmap", "volume", "spectra"), width_mm=85.0)
ABOUT = about_figure(SUBJECT, SPEC)
SVG = "{http://www.w3.org/2000/svg}"
ANOTHER_PROCESS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from figures.test_publication_files import kinds_with_digests
print(kinds_with_digests())
"""


def data_of(kind: Kind, dpi: int = 300, about: About = ABOUT) -> bytes:
    return rendered(publication_figure(SUBJECT, SPEC), kind, dpi, about)


def kinds_with_digests() -> dict[str, str]:
    """Content of a file of each kind."""
    kinds: tuple[Kind, ...] = ("png", "tiff", "pdf", "svg")
    return {kind: hashlib.sha256(data_of(kind)).hexdigest() for kind in kinds}


def pdf_words(data: bytes) -> str:
    """Text that an uncompressed PDF shows, a line each time the pen is set down."""
    shown = re.findall(rb"BT\n.*?ET\n", data, re.DOTALL)
    strings = (re.findall(rb"\(((?:\\.|[^()\\])*)\)", one) for one in shown)
    # Matplotlib writes a letter as one byte or, from 3.11 on, as two.
    return "\n".join(b"".join(parts).decode("latin-1").replace("\0", "") for parts in strings)


def uncompressed_pdf(monkeypatch: pytest.MonkeyPatch) -> bytes:
    from focus_viewer.figures import style

    monkeypatch.setitem(style._SETTINGS, "pdf.compression", 0)
    return data_of("pdf")


def test_a_pdf_holds_letters_and_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = uncompressed_pdf(monkeypatch)
    words = pdf_words(data)
    for text in ("Wavelength \\(nm\\)", "Evidence for", "spot", "a$b$ {x} %", "Bl\xe4ttchen"):
        assert text in words
    assert b"/FontFile2" in data  # TrueType
    assert b"/Type3" not in data
    assert b"/CreationDate" not in data
    for name in (b"/Title", b"/Subject", b"/Keywords", b"/Creator"):
        assert name in data


def test_pictures_in_a_pdf_have_the_pixels_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = publication_figure(SUBJECT, SPEC)
    wanted = figure.axes[0].get_position().width * SPEC.width_mm / 25.4 * 300
    data = uncompressed_pdf(monkeypatch)
    widths = [int(text) for text in re.findall(rb"/Width (\d+)", data)]
    assert any(abs(width - wanted) <= 2 for width in widths)


def test_an_svg_holds_letters_and_what_it_is() -> None:
    data = data_of("svg", about=replace(ABOUT, date=date(2026, 3, 1)))
    root = ElementTree.fromstring(data)  # noqa: S314 - our own file
    words = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert {"Wavelength (nm)", "Reflectance", "a$b$ {x} %", "Blättchen"} <= words
    told = ElementTree.tostring(root.find(f"{SVG}metadata"), encoding="unicode")
    assert ABOUT.title in told
    assert "not validated" in told
    assert "2026-03-01" in told
    width_mm = float(root.attrib["width"].removesuffix("pt")) / 72 * 25.4
    assert width_mm == pytest.approx(85)


@pytest.mark.parametrize("dpi", [300, 600])
@pytest.mark.parametrize("name", ["figure.png", "figure.tif"])
def test_pixel_files_have_the_size_and_tell_what_they_are(
    name: str, dpi: int, tmp_path: Path
) -> None:
    spec = FigureSpec(panels=("composite",), width_mm=85.0, dpi=dpi)
    figure = publication_figure(SUBJECT, spec)
    about = replace(ABOUT, date=date(2026, 3, 1))
    write_figure(figure, tmp_path / name, dpi, about)
    with Image.open(tmp_path / name) as picture:
        assert picture.width == int(85 / 25.4 * dpi)
        assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)
        if name.endswith("png"):
            assert picture.text["Title"] == ABOUT.title
            assert picture.text["Description"] == ABOUT.description
            assert picture.text["Creation Time"] == "2026-03-01"
            return
        told = picture.tag_v2[270].encode("latin-1").decode()
        assert told.splitlines()[:2] == [ABOUT.title, ABOUT.description]
        assert picture.tag_v2[306] == "2026:03:01 00:00:00"
        assert picture.mode == "RGB"


def test_the_same_figure_gives_the_same_bytes_in_another_process() -> None:
    here = kinds_with_digests()
    tests = str(Path(__file__).parents[1])
    elsewhere = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, tests],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert elsewhere.stdout.strip() == str(here)


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_users_own_settings_change_nothing(kind: Kind) -> None:
    first = data_of(kind)
    with mpl.rc_context({"font.size": 20, "savefig.facecolor": "red", "svg.fonttype": "path"}):
        assert data_of(kind) == first


def test_another_class_of_another_window_gives_other_bytes() -> None:
    first = replace(SUBJECT.first, class_name="healthy")
    other = publication_figure(replace(SUBJECT, cubes=(first,)), SPEC)
    assert rendered(other, "png") != data_of("png")


def full_disk(descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"earlier")
    figure = publication_figure(SUBJECT, FigureSpec(panels=("composite",)))
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full_disk)
        with pytest.raises(OSError, match="No space"):
            write_figure(figure, path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"earlier"
    with pytest.raises(KeyError):
        write_figure(figure, tmp_path / "figure.bmp")
    assert not (tmp_path / "figure.bmp").exists()
