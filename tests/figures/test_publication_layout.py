"""Panels stand beside and below one another, never on one another, and text stays on the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from publication_cases import EVERYTHING, LONG, make_state, make_subject, regions
from ui.fakes import make_cube

from focus_viewer.core.documents.figure_spec import PANELS, FigureSpec
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.figures import style
from focus_viewer.figures.publication import publication_figure, volume_panel
from focus_viewer.figures.publication.layout import Block, Frame, Place, bottom_mm, laid_out
from focus_viewer.figures.publication.letters import SMALLEST_PT, Letters
from focus_viewer.figures.publication.picture_panels import Tag, bar_length, length_text

SUBJECT = make_subject()
LETTERS = Letters("DejaVu Sans", 7.0)
WIDTHS_MM = (60.0, 85.0, 120.0, 180.0)


@pytest.fixture(autouse=True)
def _coarse_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rays: nothing here looks at the volume's own picture."""
    assert volume_panel._CAST_DPI == 220
    monkeypatch.setattr(volume_panel, "_CAST_DPI", 40)


def texts_of(figure: Figure) -> list[tuple[str, Bbox, float]]:
    """Each text with its box in mm from the lower left corner, and its size in points."""
    with style.house_style():
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    found = []
    for text in (*figure.texts, *(one for axes in figure.axes for one in words_of(axes))):
        if text.get_text().strip() and text.get_visible():
            box = text.get_window_extent(renderer)
            scaled = Bbox(box.get_points() / figure.dpi * 25.4)
            found.append((text.get_text(), scaled, text.get_fontsize()))
    return found


def words_of(axes: Axes) -> list[Text]:
    """Texts that axes show; a tick beyond their limits is not drawn."""
    words = [*axes.texts]
    for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
        low, high = sorted(axis.get_view_interval())
        words += [axis.label]
        for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
            words += [text] if low <= place <= high else []
    return words


def overlap_mm2(one: Bbox, other: Bbox) -> float:
    shared = Bbox.intersection(one, other)
    return 0.0 if shared is None else float(shared.width * shared.height)


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
@pytest.mark.parametrize("font_pt", [6.0, 7.0, 9.0])
def test_axes_never_lie_on_one_another(width_mm: float, font_pt: float) -> None:
    spec = replace(EVERYTHING, width_mm=width_mm, font_pt=font_pt)
    frames = [axes.get_position() for axes in publication_figure(SUBJECT, spec).axes]
    for place, frame in enumerate(frames):
        assert frame.x0 >= 0
        assert frame.y0 >= 0
        assert frame.x1 <= 1
        assert frame.y1 <= 1
        assert all(overlap_mm2(frame, other) < 1e-9 for other in frames[place + 1 :])


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
@pytest.mark.parametrize("font_pt", [6.0, 9.0])
def test_all_text_is_on_the_page_and_large_enough(width_mm: float, font_pt: float) -> None:
    spec = replace(EVERYTHING, width_mm=width_mm, font_pt=font_pt)
    figure = publication_figure(SUBJECT, spec)
    width, height = figure.get_size_inches() * 25.4
    for text, box, size in texts_of(figure):
        assert size >= SMALLEST_PT, text
        inside = (box.x0, box.y0, width - box.x1, height - box.y1)
        assert min(inside) > -0.05, (text, inside)


def test_a_long_name_ends_within_its_picture() -> None:
    marked = Annotations().add(Rectangle((50.0, 2.0), (59.0, 9.0)), LONG, "#77aadd")
    figure = publication_figure(
        make_subject(make_state(marked=marked)), FigureSpec(panels=("composite",), width_mm=85.0)
    )
    frame = figure.axes[0].get_window_extent()
    label = next(text for text in figure.axes[0].texts if "…" in text.get_text())
    with style.house_style():
        box = label.get_window_extent(figure.canvas.get_renderer())
    assert frame.x0 <= box.x0
    assert box.x1 <= frame.x1
    assert label.get_text().startswith("a region")
    assert label.get_text().endswith("wide")


def test_names_of_regions_do_not_lie_on_one_another() -> None:
    figure = publication_figure(SUBJECT, FigureSpec(panels=("composite",), width_mm=180.0))
    names = {text.get_text() for text in figure.axes[0].texts}
    boxes = [box for text, box, _ in texts_of(figure) if text in names]
    assert len(boxes) >= len(regions())
    pairs = [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1 :]]
    assert all(overlap_mm2(*pair) < 0.01 for pair in pairs)


def test_two_columns_put_pictures_side_by_side_and_align_their_frames() -> None:
    figure = publication_figure(SUBJECT, FigureSpec(panels=("composite", "heatmap")))
    first, second = (axes.get_position() for axes in figure.axes[:2])
    assert (first.y0, first.y1) == pytest.approx((second.y0, second.y1))
    assert first.width == pytest.approx(second.width)
    assert first.x1 < second.x0


def block(aspect: float | None = None, **values: float) -> Block:
    return Block("title", lambda sheet, place: None, aspect, **values)


def cells(places: tuple[Place, ...]) -> list[Bbox]:
    return [Bbox.from_bounds(one.x_mm, one.y_mm, one.width_mm, one.height_mm) for one in places]


def inner(frame: Frame) -> Bbox:
    return Bbox.from_bounds(frame.x_mm, frame.y_mm, frame.width_mm, frame.height_mm)


blocks = st.one_of(
    st.builds(block, st.floats(0.01, 100), foot_mm=st.floats(0, 8)),
    st.builds(block, height_mm=st.floats(10, 60), left_mm=st.floats(0, 12)),
    st.builds(block, height_mm=st.floats(10, 60), narrowest_mm=st.just(80.0)),
)


@given(st.lists(blocks, min_size=1, max_size=9), st.sampled_from(WIDTHS_MM))
def test_any_panels_find_room(chosen: list[Block], width_mm: float) -> None:
    places = laid_out(chosen, LETTERS, width_mm)
    assert [place.block for place in places] == chosen
    boxes = cells(places)
    for number, (place, box) in enumerate(zip(places, boxes, strict=True)):
        frame = inner(place.frame)
        assert frame.width > 0
        assert frame.height > 0
        assert box.x0 - 1e-6 <= frame.x0 <= frame.x1 <= box.x1 + 1e-6
        assert box.y0 <= frame.y0 <= frame.y1 <= box.y1 + 1e-6
        assert box.x1 <= width_mm
        assert box.y1 <= bottom_mm(places) + 1e-6
        assert all(overlap_mm2(box, other) < 1e-6 for other in boxes[number + 1 :])


def test_a_picture_keeps_its_proportions() -> None:
    (place,) = laid_out([block(0.7)], LETTERS, 85.0)
    assert place.frame.height_mm / place.frame.width_mm == pytest.approx(0.7)


def test_a_lone_picture_takes_a_curve_to_its_side_on_a_wide_page_only() -> None:
    chosen = [block(0.7), block(height_mm=30.0, narrowest_mm=80.0)]
    wide, narrow = (laid_out(chosen, LETTERS, width) for width in (180.0, 85.0))
    assert wide[0].y_mm == wide[1].y_mm
    assert narrow[0].y_mm < narrow[1].y_mm


@given(st.floats(1e-6, 1e9))
def test_a_scale_bar_is_round_and_fits(width: float) -> None:
    length = bar_length(width)
    assert width * 0.1 < length <= width * 0.2801
    digits = f"{length:e}".split("e")[0]
    assert float(digits) in (1.0, 2.0, 5.0)


@pytest.mark.parametrize(
    ("length", "unit", "told"),
    [
        (0.02, "m", "2 cm"),
        (500.0, "m", "500 m"),
        (2000.0, "m", "2 km"),
        (0.2, "mm", "200 µm"),
        (5.0, "mm", "5 mm"),
        (10.0, "mm", "1 cm"),
        (50.0, "ft", "50 ft"),
    ],
)
def test_lengths_are_told_in_a_unit_that_fits(length: float, unit: str, told: str) -> None:
    assert length_text(length, unit) == told


@given(st.text(max_size=60), st.floats(5, 80))
@example("ػ0ػ", 5.0)  # letters that no font has are drawn wider than an ellipsis
def test_lines_fit_and_lose_no_word_that_fits(text: str, room_mm: float) -> None:
    lines = LETTERS.wrapped(text, room_mm, 7.0)
    for line in lines:
        shortest = f"{line[:1]}…{line[-1:]}"  # no word is cut shorter
        assert LETTERS.width_mm(line, 7.0) <= max(room_mm, LETTERS.width_mm(shortest, 7.0))
    if LETTERS.width_mm(text, 7.0) <= room_mm:
        assert " ".join(lines) == LETTERS.drawable(text)


def test_tags_share_what_they_share() -> None:
    assert Tag(0, 0, 2, 2).shared_mm2(Tag(1, 1, 2, 2)) == 1
    assert Tag(0, 0, 2, 2).shared_mm2(Tag(2, 0, 2, 2)) == 0
    held = Tag(-5, 50, 3, 2).held_in(Frame(0, 0, 20, 10))
    assert held.x_mm > 0
    assert held.y_mm + held.height_mm < 10


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (60, 40)])
def test_images_of_any_shape_have_room(size: tuple[int, int]) -> None:
    subject = make_subject(make_state(make_cube(*size, bands=20), Annotations()))
    figure = publication_figure(subject, replace(EVERYTHING, panels=PANELS[:3]))
    for axes in figure.axes:
        assert axes.get_position().height > 0
    with style.house_style():
        figure.canvas.draw()
    assert np.asarray(figure.canvas.buffer_rgba()).std() > 5
