"""What a publication figure shows of a session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from publication_cases import EVERYTHING, make_state, regions
from ui.fakes import make_cube

from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.effect_size import cohens_d
from focus_viewer.core.regions.spectra import pixel_spectra
from focus_viewer.session.outputs.figure_subject import class_groups, figure_subject
from focus_viewer.session.session import Session
from focus_viewer.session.state.measurements import measure
from focus_viewer.session.state.slices.display import Display
from focus_viewer.session.state.state import State


def test_without_a_cube_there_is_nothing_to_show() -> None:
    assert figure_subject(State()) is None


def test_it_is_measured_where_the_session_lags_behind() -> None:
    state = make_state()
    document = state.documents.items[0]
    subject = figure_subject(state, EVERYTHING)
    assert subject is not None
    volume = document.volume("evidence")
    wanted = measure(document.cube, document.annotations, (), volume, None, silent)
    assert repr(subject.first.rows) == repr(wanted.rows)  # NaN among them
    for region, curve in wanted.importance.items():
        np.testing.assert_array_equal(subject.first.importance[region], curve)
        np.testing.assert_array_equal(
            subject.first.spectra[region].mean, wanted.spectra[region].mean
        )


def test_hidden_regions_are_not_shown() -> None:
    subject = figure_subject(make_state(marked=regions().change(1, hidden=True)))
    assert subject is not None
    assert 1 not in {one.id for one in subject.first.regions}
    assert 1 not in {one.id for one in subject.first.rows}


def test_two_classes_of_regions_are_compared_and_only_if_that_is_shown() -> None:
    state = make_state()
    subject = figure_subject(state, EVERYTHING)
    assert subject is not None
    compared = subject.first.comparison
    assert compared is not None
    assert (compared.first, compared.second) == ("sick", "well")
    cube, groups = state.documents.items[0].cube, {"sick": [], "well": []}
    for region in regions():
        if region.class_name:
            groups[region.class_name].append(pixel_spectra(cube, region.outline.crop((40, 60))))
    sick, well = (np.concatenate(groups[name]) for name in ("sick", "well"))
    np.testing.assert_allclose(compared.effect.d, cohens_d(sick, well), rtol=1e-6)
    plain = figure_subject(state, FigureSpec())
    assert plain is not None
    assert plain.first.comparison is None


def test_regions_of_one_class_or_of_three_are_not_compared() -> None:
    marked = regions()
    assert class_groups(tuple(marked)) == ("sick", "well")
    assert class_groups(tuple(marked.change(5, class_name="odd"))) is None
    assert class_groups(tuple(marked)[:1]) is None


def test_other_cubes_stand_beside_it_if_wanted() -> None:
    first = make_state()
    second = replace(make_state(make_cube(20, 30, 12)).documents.items[0], id=2)
    state = replace(
        first, documents=replace(first.documents, items=(second, first.documents.items[0]))
    )
    alone, both = (figure_subject(state, FigureSpec(all_cubes=wanted)) for wanted in (False, True))
    assert alone is not None
    assert both is not None
    assert [one.cube for one in alone.cubes] == [first.documents.items[0].cube]
    assert [one.cube for one in both.cubes] == [first.documents.items[0].cube, second.cube]


def test_the_view_of_the_session_is_kept() -> None:
    display = Display(mode="attention", opacity=0.3, colourmap="Inferno", volume_method="mip")
    state = make_state()
    subject = figure_subject(replace(state, view=replace(state.view, display=display)))
    assert subject is not None
    assert (subject.mode, subject.opacity, subject.colourmap) == ("attention", 0.3, "Inferno")
    assert subject.strongest_only
    assert subject.window_nm == state.view.window_nm


def test_choices_are_held_in_their_bounds_and_published_once() -> None:
    session, seen = Session(), []
    session.changed.connect(lambda change: seen.append(change.after.view.figure))
    session.view.set_figure(FigureSpec(panels=("table", "table"), width_mm=1e9, dpi=1, font_pt=0.1))
    assert seen == [FigureSpec(panels=("table",), width_mm=260.0, dpi=300, font_pt=6.0)]
    session.view.set_figure(seen[0])
    assert len(seen) == 1
