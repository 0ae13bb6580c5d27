"""Window, figure and command name the same band, window, range and share with the same words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from publication_cases import make_state, make_subject
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.cli.commands.check import table
from focus_viewer.core.cubes.cube import Units
from focus_viewer.core.cubes.report import CubeReport
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.wording import percent
from focus_viewer.figures.publication import publication_figure
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.selection import Cursor
from focus_viewer.session.state.state import State
from focus_viewer.ui.curves.curve_header import CurveHeader
from focus_viewer.ui.curves.spectral_plot import SpectralPlot
from focus_viewer.ui.image.band_picker import BandPicker
from focus_viewer.ui.image.pixel_readout import readout
from focus_viewer.ui.opening.folder_model import FilePreview, summary

AXIS_NM = 700.0 + 2.5 * np.arange(50)
CUBE = replace(make_cube(40, 60, 50), wavelengths_nm=AXIS_NM)
BAND = 25  # 762.5 nm
WINDOW = BandWindow(float(AXIS_NM[BAND]), 25.0)


def make_window_state() -> State:
    """Return the state of the cube with the band window, and the cursor on its first pixel."""
    state = make_state(CUBE, Annotations())
    return replace(
        state,
        view=replace(state.view, window_nm=WINDOW),
        selection=replace(state.selection, cursor=Cursor(0, 0)),
    )


def figure_text(*panels: str) -> str:
    """All text of a figure of the cube, its picture made of one band."""
    subject = make_subject(make_window_state())
    picture = composite(CUBE, CompositeRecipe("band", (BAND,)))
    subject = replace(subject, cubes=(replace(subject.first, composite=picture),))
    figure = publication_figure(subject, replace(FigureSpec(), panels=panels))
    axes_texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    return " ".join([*(text.get_text() for text in figure.texts), *axes_texts])


def test_a_band_has_one_name(qtbot: QtBot) -> None:
    picker, header = BandPicker(), CurveHeader(Session())
    qtbot.addWidget(picker)
    qtbot.addWidget(header)
    picker.show_bands(CUBE, (BAND,))
    state = make_window_state()
    header.show_cube(CUBE)
    header.show_window(state)
    assert header.center.text() == "763 nm"  # halves up, where Qt would round to even
    assert picker.boxes[0].currentText() == f"763 nm  (band {BAND + 1})"
    assert "763 nm:" in readout(state, None)
    assert "composite of 763 nm." in figure_text("composite")


def test_bands_half_a_nanometre_apart_have_a_decimal_everywhere(qtbot: QtBot) -> None:
    cube = replace(CUBE, wavelengths_nm=700.0 + 0.5 * np.arange(50))
    header = CurveHeader(Session())
    qtbot.addWidget(header)
    state = make_window_state()
    assert state.document is not None
    state = state.with_document(replace(state.document, cube=cube))
    state = replace(state, view=replace(state.view, window_nm=BandWindow(712.5, 5.0)))
    header.show_cube(cube)
    header.show_window(state)
    assert header.center.text() == "712.5 nm"
    assert "712.5 nm:" in readout(state, None)


def test_a_band_window_has_one_name(qtbot: QtBot) -> None:
    plot = SpectralPlot(upper=True)
    plot.show_cube(CUBE)
    plot.show_window(CUBE, WINDOW)
    assert plot.window.text == "750–775 nm"
    assert "Evidence for chlorosis, 750–775 nm" in figure_text("heatmap")


@pytest.mark.parametrize(
    ("units", "words"), [("reflectance", "reflectance"), ("unknown", "unit not known")]
)
def test_a_range_and_its_units_have_one_name(units: Units, words: str) -> None:
    report = CubeReport(Path("leaf.hdr"), True, "cube", (40, 60, 50), (700.0, 822.5), units, 50)
    assert "700–823 nm" in summary(FilePreview(report))
    assert words in summary(FilePreview(report))
    assert words in " ".join(table([report], "utf-8"))
    assert "700–823 nm" in " ".join(table([report], "utf-8"))
    assert "700–823 nm" in figure_text("composite")


def test_a_share_has_one_name() -> None:
    subject = make_subject(make_state(CUBE, Annotations()))
    assert subject.first.explanation is not None
    text = figure_text("probabilities")
    assert all(percent(share) in text for share in subject.first.explanation.probabilities)
