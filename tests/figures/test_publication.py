"""The publication figure shows what the subject holds, and says where it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from publication_cases import EVERYTHING, make_state, make_subject, regions, unexplained
from ui.fakes import make_cube

from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.figure_subject import FigureSubject
from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.core.preprocessing.apply import preprocessed
from focus_viewer.core.preprocessing.settings import Preprocessing, Smoothing
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.figures.publication import about_figure, publication_figure, shortcomings
from focus_viewer.figures.publication.colours import on_paper, scale_of

SUBJECT = make_subject()


def texts(figure: Figure) -> list[str]:
    own = [text.get_text() for text in figure.texts]
    return own + [text.get_text() for axes in figure.axes for text in axes.texts]


def everything(figure: Figure) -> str:
    return " ".join(texts(figure))


def labelled(figure: Figure, start: str) -> Axes:
    """The axes whose vertical label begins so."""
    return next(axes for axes in figure.axes if axes.get_ylabel().startswith(start))


def drawn(*panels: str, subject: FigureSubject = SUBJECT, **values: object) -> Figure:
    spec = replace(EVERYTHING, panels=panels, **values)
    return publication_figure(subject, spec)


def pictures(figure: Figure) -> list[Axes]:
    """Axes that hold a picture in pixel space."""
    rows, cols = SUBJECT.first.cube.shape[:2]
    found = [axes for axes in figure.axes if axes.images]
    return [axes for axes in found if axes.images[0].get_extent() == [0, cols, rows, 0]]


@pytest.mark.parametrize("width_mm", [85.0, 120.0, 180.0])
def test_it_is_as_wide_as_was_chosen(width_mm: float) -> None:
    figure = drawn("composite", "curve", width_mm=width_mm)
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width_mm)


def test_panels_are_lettered_in_the_order_that_was_chosen() -> None:
    told = texts(drawn("spectra", "heatmap", "table"))
    titles = ["Spectra of regions, mean ± standard deviation", "Regions"]
    assert [told[told.index(title) - 1] for title in titles] == ["a", "c"]
    assert told[told.index("Evidence for chlorosis, 640–700 nm") - 1] == "b"


def test_the_heatmap_is_taken_at_the_window_and_marked_on_the_curve() -> None:
    elsewhere = replace(SUBJECT, window_nm=BandWindow(900.0, 40.0))
    first, second = (
        drawn("composite", "heatmap", "curve", subject=one) for one in (SUBJECT, elsewhere)
    )
    images = [pictures(figure)[1].images[0].get_array() for figure in (first, second)]
    assert (np.asarray(images[0]) != np.asarray(images[1])).any()
    mark = next(text for text in labelled(second, "Evidence").texts if text.get_text() == "b")
    assert mark.xy[0] == pytest.approx(900)


def test_a_rival_class_is_named() -> None:
    first = replace(SUBJECT.first, against="healthy")
    told = everything(drawn("heatmap", subject=replace(SUBJECT, cubes=(first,))))
    assert "Evidence for chlorosis against healthy, 640–700 nm" in told


def test_region_curves_are_what_was_measured_in_their_colours() -> None:
    axes = labelled(drawn("curve"), "Evidence")
    power = {"Evidence (logit)": 1.0, "Evidence (10⁻³ logit)": 1e3}[axes.get_ylabel()]
    colours = {on_paper(one.colour): one.id for one in SUBJECT.first.regions}
    steps = [patch for patch in axes.patches if isinstance(patch, StepPatch)]
    found = {}
    for step in steps:
        red, green, blue, _ = step.get_edgecolor()
        name = "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
        if name in colours:
            found[colours[name]] = step.get_data().values
    assert found.keys() == SUBJECT.first.importance.keys()
    for region, values in found.items():
        np.testing.assert_allclose(values, SUBJECT.first.importance[region] * power)


def test_spectra_are_means_with_a_standard_deviation_and_gaps_at_bad_bands() -> None:
    axes = labelled(drawn("spectra"), "Reflectance")
    region = SUBJECT.first.regions[0]
    spectrum, good = SUBJECT.first.spectra[region.id], SUBJECT.first.cube.good_bands
    line = next(one for one in axes.lines if one.get_color() == on_paper(region.colour))
    np.testing.assert_allclose(line.get_ydata(), np.where(good, spectrum.mean, np.nan))
    band = next(one for one in axes.collections if isinstance(one, FillBetweenPolyCollection))
    corners = np.concatenate([path.vertices for path in band.get_paths()])
    high = (spectrum.mean + spectrum.sd)[good].max()
    assert corners[:, 1].max() == pytest.approx(high)
    gap_nm = SUBJECT.first.cube.axis[~good]
    inside = (corners[:, 0] >= gap_nm[0]) & (corners[:, 0] <= gap_nm[-1])
    assert not inside.any()


def test_curves_share_one_axis() -> None:
    figure = drawn("curve", "spectra", "comparison")
    limits = {labelled(figure, name).get_xlim() for name in ("Evidence", "Reflectance", "Cohen")}
    assert len(limits) == 1
    frames = [labelled(figure, name).get_position() for name in ("Evidence", "Reflectance")]
    assert (frames[0].x0, frames[0].x1) == pytest.approx((frames[1].x0, frames[1].x1))


def test_the_comparison_shows_d_and_what_chance_reaches() -> None:
    compared = SUBJECT.first.comparison
    assert compared is not None
    axes = labelled(drawn("comparison"), "Cohen's d")
    good = SUBJECT.first.cube.good_bands
    line = next(one for one in axes.lines if len(one.get_ydata()) == good.size)
    np.testing.assert_allclose(line.get_ydata(), np.where(good, compared.effect.d, np.nan))
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert (band.y0, band.y1) == pytest.approx(
        (-compared.effect.threshold, compared.effect.threshold)
    )
    assert "sick less well" in everything(drawn("comparison"))


def test_the_table_tells_what_was_measured() -> None:
    told = texts(drawn("table"))
    row = SUBJECT.first.rows[0]
    for cell in (f"{row.pixels}", f"{row.mean:.3f} ± {row.sd:.3f}", f"{row.peaks_nm[0]:.0f}"):
        assert cell in told
    assert f"{100 * row.positive_share:.1f}" in told


def test_the_volume_is_turned_by_the_camera() -> None:
    turned = replace(SUBJECT, camera=Camera(60.0, 40.0, 1.0, (0.0, 0.0, 0.0)))
    first, second = (drawn("volume", subject=one) for one in (SUBJECT, turned))
    images = [figure.axes[0].images[0].get_array() for figure in (first, second)]
    assert images[0].shape != images[1].shape or (images[0] != images[1]).any()
    numbers = [text.get_text() for text in first.axes[0].texts]
    assert {"nm", "600", "800"} <= set(numbers)


def test_cubes_beside_one_another_share_their_colours() -> None:
    weak = make_subject(make_state(make_cube(40, 60, 50), Annotations())).first
    assert weak.explanation is not None
    fainter = replace(weak.explanation, saliency=weak.explanation.saliency / 4)
    both = replace(SUBJECT, cubes=(SUBJECT.first, replace(weak, explanation=fainter)))
    strong, faint = (cube.volume("evidence") for cube in both.cubes)
    assert strong is not None
    assert faint is not None
    assert faint.limits[1] == pytest.approx(strong.limits[1] / 4, rel=1e-3)
    assert scale_of(both).limits == strong.limits
    assert scale_of(replace(both, cubes=both.cubes[::-1])).limits == strong.limits
    figure = drawn("composite", "heatmap", subject=both)
    alone = drawn("heatmap", subject=replace(SUBJECT, cubes=(both.cubes[1],)))
    assert len(pictures(figure)) == 4
    shown = [np.asarray(axes.images[0].get_array()).astype(int) for axes in pictures(figure)]
    spread = np.ptp(shown[3][..., 0] - shown[3][..., 2])
    own = np.asarray(pictures(alone)[0].images[0].get_array()).astype(int)
    assert np.ptp(own[..., 0] - own[..., 2]) > 1.4 * spread


def test_an_index_map_has_a_bar_that_says_what_its_colours_mean() -> None:
    first = SUBJECT.first
    picture = composite(first.cube, CompositeRecipe("formula", formula="r800 / r550"))
    indexed = replace(SUBJECT, cubes=(replace(first, composite=picture),))
    figure = drawn("composite", subject=indexed)
    (bar,) = (each for each in figure.axes if each.images and each not in pictures(figure))
    low, high = picture.limits[0]
    np.testing.assert_allclose(bar.get_xticks(), [low, (low + high) / 2, high])
    assert bar.get_xticklabels()[0].get_text() == f"{low:.3g}"
    assert "r800 / r550" in texts(figure)
    assert not any(each.get_xticklabels() for each in drawn("composite").axes)


def test_attention_has_no_red_and_blue_and_its_own_unit() -> None:
    told = everything(drawn("heatmap", "curve", subject=replace(SUBJECT, mode="attention")))
    assert "Attention for chlorosis" in told
    assert "against" not in told
    assert scale_of(replace(SUBJECT, mode="attention")).limits[0] == 0


def test_a_signature_says_that_it_explains_no_decision() -> None:
    subject = replace(SUBJECT, mode="signature")
    figure = drawn("heatmap", "curve", subject=subject)
    words = " ".join(everything(figure).split())
    assert "Tissue signature for chlorosis" in words
    assert "arbitrary units" in words and "logit" not in words
    assert "near the physics, no explanation of the decision." in words
    low, high = scale_of(subject).limits
    assert (low, high > 0) == (0, True)


@pytest.mark.parametrize("colourmap", ["auto", "Berlin", "Vanimo", "Managua"])
def test_the_curve_is_in_the_colours_of_the_map(colourmap: str) -> None:
    subject = replace(SUBJECT, colourmap=colourmap)
    scale = scale_of(subject)
    axes = labelled(drawn("curve", subject=subject), "Evidence")
    found = {to_hex(patch.get_facecolor()) for patch in axes.patches}
    assert set(scale.ends) <= found
    for colour, end in zip(scale.ends, (0.9, 0.1), strict=True):
        red, green, blue = scale.lookup()[round(255 * end)].tolist()
        hue, wanted = rgb_to_hsv(to_rgb(colour))[0], rgb_to_hsv((red, green, blue))[0]
        assert abs(hue - wanted) < 0.05


def test_a_caption_says_what_the_saliency_is_once_and_only_where_it_is_shown() -> None:
    meaning = "exact parts of the frozen ViT's logit"
    assert " ".join(everything(drawn("heatmap", "curve")).split()).count(meaning) == 1
    assert meaning not in " ".join(everything(drawn("composite", "probabilities")).split())


@pytest.mark.parametrize(
    ("wanted", "cmap"),
    [("auto", "RdBu_r"), ("Berlin", "berlin"), ("Managua", "managua_r"), ("Inferno", "RdBu_r")],
)
def test_the_colour_map_of_the_window_is_kept_where_it_fits(wanted: str, cmap: str) -> None:
    assert scale_of(replace(SUBJECT, colourmap=wanted)).cmap == cmap


def test_no_opacity_shows_the_picture_alone() -> None:
    clear = drawn("heatmap", subject=replace(SUBJECT, opacity=0.0))
    image = np.asarray(pictures(clear)[0].images[0].get_array()).astype(int)
    assert np.ptp(image, axis=2).max() <= 1


def test_the_scale_bar_has_a_round_length() -> None:
    figure = drawn("composite")
    assert "5 mm" in everything(figure)  # of 30 mm
    bar = next(one for one in pictures(figure)[0].lines if len(one.get_xdata()) == 2)
    ends = np.asarray(bar.get_xdata())
    assert ends[1] - ends[0] == pytest.approx(5 / 30)
    assert "5 mm" not in everything(drawn("composite", scale_bar=False))


def test_names_of_regions_can_be_left_out() -> None:
    assert "spot" in texts(drawn("composite"))
    assert "spot" not in texts(drawn("composite", region_labels=False))
    assert "spot" in texts(drawn("heatmap"))


def test_what_cannot_be_drawn_is_left_out_and_said() -> None:
    bare = unexplained(make_subject(make_state(marked=Annotations())))
    figure = publication_figure(bare, EVERYTHING)
    assert len(figure.axes) == 1
    told = everything(figure).replace("\n", " ")
    assert "No heatmap: no cube is explained." in told
    assert "No spectra: the cube has no regions." in shortcomings(bare, EVERYTHING)
    assert "No comparison: the regions are not of exactly two classes." in shortcomings(
        bare, EVERYTHING
    )
    nothing = publication_figure(bare, FigureSpec(panels=("heatmap",)))
    assert nothing.axes == []


def test_the_caption_tells_model_doubt_source_and_program() -> None:
    told = everything(drawn("heatmap"))
    source = "leaf: 40 × 60 px, 50 bands, 400–1000 nm, reflectance, sha256 abababababab."
    assert source in told
    assert "Model toy 1, sha256 000000000000: simulated training data, not validated." in told
    assert "FOCUS Viewer 0." in told
    assert "Model" not in everything(drawn("heatmap", caption=False))


def test_the_caption_tells_counts_and_what_was_done_to_the_cube() -> None:
    raw = replace(SUBJECT.first.cube, units="counts")
    smooth = preprocessed(raw, Preprocessing(smoothing=Smoothing(5, 2), bad_ranges=((400, 410),)))
    subject = replace(SUBJECT, cubes=(replace(SUBJECT.first, cube=smooth),))
    told = everything(publication_figure(subject, FigureSpec(panels=("composite",))))
    assert "400–1000 nm, counts, sha256 abababababab, bad bands chosen by hand, smoothed over" in (
        told.replace("\n", " ")
    )
    assert "reflectance" not in told.lower()


def test_a_doubtful_model_without_a_caption_is_told_to_the_user() -> None:
    spec = FigureSpec(panels=("heatmap",), caption=False)
    assert any("not validated" in note for note in shortcomings(SUBJECT, spec))
    assert shortcomings(SUBJECT, replace(spec, caption=True)) == ()


def test_a_window_that_the_model_did_not_see_is_told() -> None:
    beyond = replace(SUBJECT, window_nm=BandWindow(2000.0, 20.0))
    spec = FigureSpec(panels=("heatmap",))
    assert shortcomings(beyond, spec) == (
        "The heatmap is empty: the model saw nothing at 1990–2010 nm.",
    )
    assert len(pictures(publication_figure(beyond, spec))) == 1


def test_each_class_of_several_cubes_is_told() -> None:
    other = replace(SUBJECT.first, class_name="healthy")
    both = replace(SUBJECT, cubes=(SUBJECT.first, other))
    told = everything(drawn("heatmap", subject=both))
    assert "evidence for chlorosis and evidence for healthy per cell" in told.replace("\n", " ")


def test_a_figure_higher_than_a_page_is_told() -> None:
    assert any("mm high" in note for note in shortcomings(SUBJECT, EVERYTHING))


def test_a_font_that_is_not_there_is_told_and_another_stands_in() -> None:
    spec = FigureSpec(font="No Such Font", panels=("composite",))
    assert "The font No Such Font is not installed: drawn in DejaVu Sans." in shortcomings(
        SUBJECT, spec
    )
    same = FigureSpec(panels=("composite",))
    sizes = [publication_figure(SUBJECT, one).get_size_inches().tolist() for one in (spec, same)]
    assert sizes[0] == sizes[1]


def test_letters_that_no_font_has_are_told_and_replaced() -> None:
    named = regions().change(1, name="spot 叶\n2")
    subject = make_subject(make_state(marked=named))
    spec = FigureSpec(panels=("composite",))
    assert any("The font lacks 叶:" in note for note in shortcomings(subject, spec))
    assert "spot \ufffd 2" in texts(publication_figure(subject, spec))


def test_the_file_tells_all_of_it() -> None:
    first = replace(SUBJECT.first, against="healthy")
    spec = replace(EVERYTHING, date="2026-03-01")
    about = about_figure(replace(SUBJECT, cubes=(first,)), spec)
    assert about.title == "Evidence for chlorosis against healthy in leaf, 640–700 nm"
    assert "ab" * 32 in about.description
    assert "0" * 64 in about.description
    assert "not validated" in about.description
    assert {"class chlorosis", "against healthy", "model toy 1"} <= set(about.keywords)
    assert about.date == date(2026, 3, 1)
    assert about_figure(SUBJECT, replace(spec, date="soon")).date is None


def test_a_cube_without_wavelengths_is_drawn_by_band() -> None:
    cube = replace(make_cube(20, 30, 12), wavelengths_nm=None)
    marked = Annotations().add(regions().regions[4].outline, "p", "#ffaabb")
    subject = unexplained(make_subject(make_state(cube, marked)))
    figure = drawn("composite", "spectra", subject=subject)
    axes = labelled(figure, "Reflectance")
    assert axes.get_xlabel() == "Band (wavelengths not known)"
    assert axes.get_xlim() == (1, 12)
