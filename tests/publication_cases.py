"""Subjects of publication figures: a toy leaf, its explanation, and regions of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from region_masks import painted
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.figure_spec import PANELS, FigureSpec
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Ellipse, PointMark, Polygon, Rectangle
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.outputs.figure_subject import figure_subject
from focus_viewer.session.state.document import Document, Documents
from focus_viewer.session.state.history import History
from focus_viewer.session.state.slices.view import View
from focus_viewer.session.state.state import State

EVERYTHING = FigureSpec(panels=PANELS)
LONG = "a region with a name that is much longer than any picture of it could ever be wide"


def bad_band_cube(**attributes: Any) -> Cube:
    """A leaf of 40 x 60 px whose bands 20 to 24 are bad."""
    good = np.ones(50, dtype=np.bool_)
    good[20:25] = False
    return make_cube(40, 60, 50, good_bands=good, **attributes)


def regions() -> Annotations:
    """One region of each kind, of two classes, with names that mean something elsewhere."""
    spot = np.zeros((40, 60), dtype=np.bool_)
    spot[10:14, 45:50] = True
    brush = painted(spot)
    assert brush is not None
    return (
        Annotations()
        .add(Ellipse((20.0, 15.0), (5.0, 4.0), 20.0), "spot", "#ee8866", "sick")
        .add(Rectangle((35.0, 20.0), (45.0, 28.0)), "a$b$ {x} %", "#77aadd", "well")
        .add(Polygon((((10.0, 25.0), (20.0, 25.0), (15.0, 34.0)),)), "Blättchen", "#eedd88", "well")
        .add(brush, LONG, "#44bb99", "sick")
        .add(PointMark((30.5, 20.5)), "p", "#ffaabb")
    )


def make_state(cube: Cube | None = None, marked: Annotations | None = None) -> State:
    """A state with one explained cube."""
    shown = cube or bad_band_cube()
    explanation = make_explanation(shown)
    history = History(regions() if marked is None else marked)
    document = Document(
        1, shown, None, explanation, "done", "", explanation.predicted, history=history
    )
    return State(Documents((document,), 1), View(BandWindow(670.0, 60.0)))


def make_subject(state: State | None = None, **values: Any) -> FigureSubject:
    """What all panels show of a state, with a pixel of half a millimetre."""
    subject = figure_subject(state or make_state(), EVERYTHING)
    assert subject is not None
    first = replace(subject.first, pixel_size=(0.5, "mm"), fingerprint="sha256:" + "ab" * 32)
    return replace(subject, cubes=(first, *subject.cubes[1:]), **values)


def unexplained(subject: FigureSubject) -> FigureSubject:
    """The same without explanations."""
    bare = tuple(
        replace(cube, explanation=None, class_name=None, importance={}) for cube in subject.cubes
    )
    return replace(subject, cubes=bare)
