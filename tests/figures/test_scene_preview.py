"""The preview shows what its scenes hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from focus_viewer.figures import style
from focus_viewer.figures.figure_file import rendered
from focus_viewer.figures.scene_preview import ScenePreview, band_edges, preview_figure, runs

LESION = np.zeros((6, 6), dtype=np.bool_)
LESION[0:2, 1:4] = True
SPOT = ScenePreview(
    class_name="spot",
    picture=np.full((6, 6, 3), 90, dtype=np.uint8),
    picture_is="picture in three bands",
    lesion=LESION,
    wavelengths_nm=np.array([500.0, 600.0, 700.0, 800.0, 900.0]),
    lesion_mean=np.array([0.1, 0.2, 0.3, 0.4, 0.5], dtype=np.float32),
    rest_mean=np.array([0.1, 0.1, 0.1, 0.3, 0.3], dtype=np.float32),
    importance=np.array([0.0, 2.0, 1.5, 0.5, 1.0]),
    true_bands=np.array([False, True, True, False, True]),
)
HEALTHY = replace(
    SPOT,
    class_name="healthy",
    lesion=np.zeros_like(LESION),
    lesion_mean=np.full(5, np.nan, dtype=np.float32),
    importance=np.zeros(5),
    true_bands=np.zeros(5, dtype=np.bool_),
)


def rows(figure: Figure) -> list[list[Axes]]:
    """Picture, spectra and importance of each row."""
    return [figure.axes[first : first + 3] for first in range(0, len(figure.axes), 3)]


def texts(figure: Figure) -> list[str]:
    own = [text.get_text() for text in figure.texts]
    return own + [text.get_text() for axes in figure.axes for text in axes.texts]


def shaded(axes: Axes) -> list[tuple[float, float]]:
    """Ranges in the colour of lesions."""
    red = to_rgb(style.LESION)
    spans = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    spans = [span for span in spans if span.get_facecolor()[:3] == red]
    return [(span.get_x(), span.get_x() + span.get_width()) for span in spans]


def outlines(axes: Axes) -> list[np.ndarray]:
    drawn = [part for part in axes.collections if isinstance(part, QuadContourSet)]
    return [path.vertices for part in drawn for path in part.get_paths()]


def test_edges_lie_half_way_between_bands() -> None:
    edges = band_edges(np.array([400.0, 410.0, 440.0]))
    np.testing.assert_array_equal(edges, [395, 405, 425, 455])


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("", []), ("000", []), ("111", [(0, 3)]), ("0110100", [(1, 3), (4, 5)]), ("01", [(1, 2)])],
)
def test_runs_by_hand(chosen: str, expected: list[tuple[int, int]]) -> None:
    assert runs(np.array([mark == "1" for mark in chosen], dtype=np.bool_)) == expected


def test_true_bands_are_shaded_over_their_whole_width_in_both_panels() -> None:
    ((_, spectra, importance),) = rows(preview_figure([SPOT]))
    for axes in (spectra, importance):
        np.testing.assert_allclose(shaded(axes), [(550, 750), (850, 950)])
        assert axes.get_xlim() == (450, 950)


def test_curves_are_those_of_the_scene() -> None:
    ((_, spectra, importance),) = rows(preview_figure([SPOT]))
    by_colour = {line.get_color(): line.get_ydata() for line in spectra.lines if line.get_zorder()}
    np.testing.assert_array_equal(by_colour[style.LESION], SPOT.lesion_mean)
    np.testing.assert_array_equal(by_colour[style.INK], SPOT.rest_mean)
    curve, half, *_ = importance.lines
    np.testing.assert_array_equal(curve.get_ydata(), SPOT.importance)
    np.testing.assert_array_equal(half.get_ydata(), [1, 1])


def test_the_outline_goes_round_the_lesion_and_stays_in_the_picture() -> None:
    ((picture, _, _),) = rows(preview_figure([SPOT]))
    (outline,) = outlines(picture)
    assert outline.min(axis=0).tolist() == [0.5, -0.5]  # columns 1 to 3, rows 0 and 1
    assert outline.max(axis=0).tolist() == [3.5, 1.5]
    assert picture.get_ylim() == (5.5, -0.5)


def test_rows_are_named_and_share_their_axes() -> None:
    weak = replace(SPOT, class_name="weak", importance=SPOT.importance / 4)
    figure = preview_figure([SPOT, weak])
    assert {"spot", "weak"} <= set(texts(figure))
    (_, *first), (_, *second) = rows(figure)
    assert [axes.get_ylim() for axes in first] == [axes.get_ylim() for axes in second]
    assert second[1].get_ylim() == pytest.approx((0, 2 * 1.08))
    assert [axes.get_xlabel() for axes in (*first, *second)] == ["", ""] + ["Wavelength (nm)"] * 2


def test_a_class_without_tissue_of_its_own_says_so() -> None:
    figure = preview_figure([HEALTHY])
    ((picture, spectra, importance),) = rows(figure)
    assert outlines(picture) == []
    assert shaded(spectra) == shaded(importance) == []
    assert "no tissue of its own, no true bands" in texts(figure)
    assert "no tissue of its own, no true bands" not in texts(preview_figure([SPOT]))


def test_the_caption_tells_sensor_and_picture() -> None:
    told = " ".join(texts(preview_figure([HEALTHY, SPOT])))
    assert "6 × 6 px" in told
    assert "5 bands at 500–900 nm" in told
    assert "picture in three bands" in told
    assert "not measurements" in told


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_same_scenes_give_the_same_bytes(kind: str, start: bytes) -> None:
    first, second = (rendered(preview_figure([HEALTHY, SPOT]), kind) for _ in range(2))
    assert first.startswith(start)
    assert first == second
