"""Any project that Hypothesis can think of, and whether two are the same."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from project_states import MODEL_SHA256, explanation

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.viewpoint import Camera, Extent
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.documents.figure_spec import PANELS, FigureSpec
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectPair, ProjectView
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.preprocessing.settings import (
    FlatField,
    Preprocessing,
    ReferenceFingerprints,
    Smoothing,
    WhiteAndDark,
)
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
)
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.io.project import read_project

numbers = st.floats(-1e9, 1e9)
finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(1e-6, 1e6)
label_names = st.text(min_size=1, max_size=8)
labels = st.builds(
    CubeLabels,
    st.lists(label_names, max_size=3).map(tuple),
    st.dictionaries(label_names, st.text(max_size=8), max_size=3),
)
stretches = st.builds(
    Stretch,
    st.floats(0, 49),
    st.sampled_from(((), ((0.0, 1.0),), ((0.1, 0.2), (-3.5, 2.0), (0.0, 1e6)))),
    st.sampled_from(((), ("band",), ("4", "2", "0"))),
    st.booleans(),
    st.floats(0.2, 5),
)
points = st.tuples(numbers, numbers)
names = st.text(max_size=8)
colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
maybe_names = st.none() | names
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
fingerprints = st.builds("{}:{}".format, st.sampled_from(("sha256", "sha256-blocks")), digests)
extents = st.builds(Extent, points, points)


@st.composite
def painted_pixels(draw: st.DrawFn) -> MaskShape:
    rows, cols = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    size = (rows * cols + 7) // 8
    places = st.integers(-1000, 1000)
    return MaskShape(
        draw(places), draw(places), (rows, cols), draw(st.binary(min_size=size, max_size=size))
    )


rings = st.lists(points, min_size=1, max_size=5).map(tuple)
outlines: st.SearchStrategy[Shape] = st.one_of(
    st.builds(Rectangle, points, points),
    st.builds(Ellipse, points, points, numbers),
    st.builds(Polygon, st.lists(rings, min_size=1, max_size=3).map(tuple)),
    st.builds(PointMark, points),
    painted_pixels(),
)


@st.composite
def any_annotations(draw: st.DrawFn) -> Annotations:
    """Regions of any kind with ids in any order, some of which were removed again."""
    ids = draw(st.lists(st.integers(1, 10**6), unique=True, max_size=6))
    regions = tuple(
        draw(
            st.builds(
                Annotation,
                st.just(one),
                names,
                colours,
                outlines,
                maybe_names,
                st.booleans(),
                st.booleans(),
            )
        )
        for one in ids
    )
    return Annotations(regions, max(ids, default=0) + draw(st.integers(1, 5)))


choices = st.builds(
    ArrayChoice,
    maybe_names,
    st.none() | st.permutations(("rows", "cols", "bands")).map(tuple),
    st.none() | st.tuples(st.integers(1, 99), st.integers(1, 99)),
    st.none() | st.lists(finite, max_size=3).map(tuple),
    st.none() | st.sampled_from(("reflectance", "radiance", "counts", "unknown")),
    st.none() | positive,
)
reference_fingerprints = st.builds(
    ReferenceFingerprints, *(st.just("") | fingerprints for _ in range(4))
)
smoothings = st.integers(1, 20).flatmap(
    lambda half: st.builds(Smoothing, st.just(2 * half + 1), st.integers(0, 2 * half))
)


@st.composite
def treated_how(draw: st.DrawFn, home: Path) -> dict[str, Any]:
    """Preprocessing of a cube, and fingerprints of its references where it has some."""
    files = st.sampled_from(("w.raw", "ö d.raw", "percent:d")).map(lambda name: home / name)
    panels = st.floats(1e-3, 2)
    averages = st.sampled_from(("mean", "median"))
    maybe = st.none() | files
    references = draw(
        st.none() | st.builds(WhiteAndDark, files, maybe, maybe, panels, maybe, averages)
    )
    flats = st.builds(FlatField, st.lists(finite, max_size=3).map(tuple), names)
    preprocessing = Preprocessing(
        draw(names),
        draw(st.none() | st.lists(st.tuples(finite, finite), max_size=2).map(tuple)),
        references,
        None if references is not None else draw(st.none() | flats),
        draw(st.none() | smoothings),
        draw(st.integers(1, 9)),
    )
    return {
        "preprocessing": preprocessing,
        "reference_fingerprints": ReferenceFingerprints()
        if references is None
        else draw(reference_fingerprints),
    }


@st.composite
def any_cube(draw: st.DrawFn, folder: Path) -> ProjectCube:
    """A cube that is not there, of 20 x 30 pixels if it has a result."""
    kept = draw(st.none() | st.integers(0, 5))
    size = st.integers(1, 2000)
    shape = (20, 30, 4) if kept is not None else draw(st.tuples(size, size, size))
    pins = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1), colours)
    home = draw(st.sampled_from((folder, folder / "in", folder.parent / "cubes")))
    return ProjectCube(
        path=home
        / draw(st.sampled_from(("a.img", "b ö.img", "percent:d", "x\\y", "...", "\udcff"))),
        fingerprint=draw(fingerprints),
        shape=shape,
        annotations=draw(any_annotations()),
        pins=tuple(draw(st.lists(pins, max_size=3))),
        class_name=draw(maybe_names),
        against=draw(maybe_names),
        extent=draw(st.none() | extents),
        explanation=None if kept is None else explanation(kept),
        choice=draw(st.none() | choices),
        labels=draw(labels),
        stretch=draw(stretches),
        **draw(treated_how(home)),
    )


recipes = st.builds(
    CompositeRecipe,
    st.sampled_from(("rgb", "cir", "header", "band", "custom")),
    st.lists(st.integers(0, 500), max_size=3).map(tuple),
    st.lists(positive, max_size=3).map(tuple),
)
cameras = st.builds(Camera, finite, finite, positive, st.tuples(finite, finite, finite))
figures = st.builds(
    FigureSpec,
    panels=st.lists(st.sampled_from(PANELS), max_size=8).map(tuple),
    width_mm=positive,
    font=names,
    font_pt=positive,
    dpi=st.integers(1, 2400),
    region_labels=st.booleans(),
    scale_bar=st.booleans(),
    caption=st.booleans(),
    date=names,
    all_cubes=st.booleans(),
)


pairs = st.builds(
    ProjectPair,
    first=st.just(1),
    second=st.just(0),
    how=st.sampled_from(("beside", "swipe", "difference")),
    linked=st.booleans(),
    split=st.floats(0, 1),
)


@st.composite
def any_project(draw: st.DrawFn, folder: Path) -> Project:
    """A project that may be saved in a folder."""
    cubes = tuple(draw(st.lists(any_cube(folder), max_size=3)))
    view = st.builds(
        ProjectView,
        active=st.integers(-1, len(cubes) - 1),
        window_nm=st.builds(BandWindow, finite, positive),
        recipe=recipes,
        mode=st.sampled_from(("evidence", "attention", "signature", "unattributed")),
        heatmap=st.booleans(),
        opacity=st.floats(0, 1),
        colourmap=names,
        volume_method=names,
        camera=st.none() | cameras,
        layout=names,
        spectral_view=st.sampled_from(("values", "derivative", "continuum", "snv")),
        spread=st.sampled_from(("sd", "quartiles")),
        curve=st.sampled_from(("importance", "effect", "difference")),
        regions_by_class=st.booleans(),
        indices=st.none() | st.lists(names, max_size=3).map(tuple),
        pair=st.none() if len(cubes) < 2 else st.none() | pairs,
    )
    places = ("focus-leaf", "taught", str(folder / "taught"), str(folder.parent / "m ö"))
    return Project(cubes, draw(st.sampled_from(places)), draw(view), draw(figures))


def read_back(path: Path) -> Project:
    """The project in a file, with the results of the model that the tests know."""
    return read_project(path, lambda model: MODEL_SHA256).project


def same_project(one: Project, other: Project) -> bool:
    """Whether two projects are equal, the numbers of their results bit for bit."""
    return plain(one) == plain(other) and all(
        same_explanation(first.explanation, second.explanation)
        for first, second in zip(one.cubes, other.cubes, strict=True)
    )


def plain(project: Project) -> dict[str, object]:
    """All of a project but its results."""
    return asdict(without_results(project))


def without_results(project: Project) -> Project:
    """The project as it is kept against a crash."""
    return replace(project, cubes=tuple(replace(c, explanation=None) for c in project.cubes))


def same_explanation(one: Explanation | None, other: Explanation | None) -> bool:
    """Whether two explanations are equal in every field, bit for bit, and of the same types."""
    if one is None or other is None:
        return one is other
    return all(
        _same(getattr(one, field.name), getattr(other, field.name)) for field in fields(Explanation)
    )


def _same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        alike = (one.dtype, one.shape) == (other.dtype, other.shape)
        return alike and one.tobytes() == other.tobytes()
    return type(one) is type(other) and one == other
