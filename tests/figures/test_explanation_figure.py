"""The figure shows what the explanation holds."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from ui.fakes import make_cube, make_explanation

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import importance_curve
from focus_viewer.core.wording import percent
from focus_viewer.figures.explanation_figure import explanation_figure
from focus_viewer.figures.figure_file import save_png

CUBE = make_cube(40, 60, 50)
EXPLANATION = make_explanation(CUBE)


def texts(figure: Figure) -> list[str]:
    own = [text.get_text() for text in figure.texts]
    return own + [text.get_text() for axes in figure.axes for text in axes.texts]


def everything(figure: Figure) -> str:
    """All texts; wrapped lines are joined."""
    return " ".join(texts(figure))


def png(cube: Cube, explanation: Explanation, class_name: str, path: Path) -> bytes:
    save_png(explanation_figure(cube, explanation, class_name), path)
    return path.read_bytes()


def test_it_is_180_mm_wide_at_300_dpi(tmp_path: Path) -> None:
    data = png(CUBE, EXPLANATION, "chlorosis", tmp_path / "figure.png")
    assert imread(BytesIO(data)).shape[1] == int(180 / 25.4 * 300)


def test_the_same_explanation_gives_the_same_bytes_whatever_the_users_settings(
    tmp_path: Path,
) -> None:
    first = png(CUBE, EXPLANATION, "chlorosis", tmp_path / "figure.png")
    with mpl.rc_context({"font.size": 20, "savefig.facecolor": "red", "axes.grid": True}):
        assert png(CUBE, EXPLANATION, "chlorosis", tmp_path / "figure.png") == first
        assert mpl.rcParams["font.size"] == 20


def test_another_class_gives_another_picture(tmp_path: Path) -> None:
    first = png(CUBE, EXPLANATION, "chlorosis", tmp_path / "figure.png")
    assert png(CUBE, EXPLANATION, "healthy", tmp_path / "figure.png") != first


def test_the_caption_names_cube_model_doubt_and_cost() -> None:
    told = everything(explanation_figure(CUBE, EXPLANATION, "chlorosis"))
    assert "leaf: 40 × 60 px, 50 bands, 400–1000 nm" in told
    assert "Model toy 1, sha256 000000000000: simulated training data, not validated." in told
    assert "1 forward and 0 backward passes, 0.95 s on cpu" in told
    assert "2\u00a0×\u00a02\u00a0px" in told
    assert "hatched" not in told
    assert "not validated. Applies." in told


def test_the_caption_says_why_the_model_does_not_apply() -> None:
    reason = Reason("tissue", "nothing in the image is plant", 0.0, 1.0, "does not apply")
    foreign = replace(EXPLANATION, suitability=Applicability((reason,), 0.0))
    figure = explanation_figure(CUBE, foreign, "chlorosis")
    assert "Does not apply: nothing in the image is plant." in everything(figure)
    assert "b, why the model does not apply;" in everything(figure)
    assert "The model does not apply" in texts(figure)
    assert not {"chlorosis", *(percent(share) for share in foreign.probabilities)} & {
        *texts(figure)
    }
    assert len(figure.axes) < len(explanation_figure(CUBE, EXPLANATION, "chlorosis").axes)


def test_the_caption_explains_hatches_where_there_are_some() -> None:
    kept = [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    fields = {name: getattr(EXPLANATION, name)[..., kept] for name in ("saliency", "attention")}
    holed = replace(EXPLANATION, edges_nm=EXPLANATION.edges_nm[kept], **fields)
    assert "hatched" in everything(explanation_figure(CUBE, holed, "chlorosis"))


def test_a_validated_model_is_not_doubted() -> None:
    tested = replace(EXPLANATION, card=replace(EXPLANATION.card, validated=True))
    assert "not validated" not in everything(explanation_figure(CUBE, tested, "chlorosis"))


def test_the_map_is_taken_where_the_class_is_spoken_for_loudest() -> None:
    volume = EXPLANATION.volume("chlorosis", "evidence")
    low, high = volume.edges_nm[np.argmax(importance_curve(volume))]
    figure = explanation_figure(CUBE, EXPLANATION, "chlorosis")
    assert f"Evidence for chlorosis, {low:.0f}–{high:.0f} nm" in texts(figure)
    assert f"mean over {low:.0f}–{high:.0f} nm, where it is highest" in everything(figure)


def test_every_class_is_shown_with_its_probability() -> None:
    figure = explanation_figure(CUBE, EXPLANATION, "chlorosis")
    panel = next(axes for axes in figure.axes if "healthy" in [t.get_text() for t in axes.texts])
    shown = {text.get_text() for text in panel.texts}
    assert shown >= set(EXPLANATION.classes)
    assert shown >= {percent(share) for share in EXPLANATION.probabilities}
    bold = {text.get_text() for text in panel.texts if text.get_fontweight() == "bold"}
    assert "chlorosis" in bold
    assert "healthy" not in bold


def test_many_classes_end_in_a_count_of_the_rest() -> None:
    names = tuple(f"class {number}" for number in range(40))
    many = replace(
        EXPLANATION,
        card=replace(EXPLANATION.card, classes=names),
        logits=np.arange(40, dtype=np.float32),
        saliency=np.repeat(EXPLANATION.saliency[:1], 40, axis=0),
        evidence=np.repeat(EXPLANATION.evidence[:1], 40, axis=0),
    )
    told = texts(explanation_figure(CUBE, many, "class 3"))
    shown = [text for text in told if text in names]
    assert shown[0] == "class 39"
    assert f"and {40 - len(shown)} more" in told


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="no class 'rust'"):
        explanation_figure(CUBE, EXPLANATION, "rust")


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (40, 60)])
def test_images_of_any_shape_are_drawn(size: tuple[int, int], tmp_path: Path) -> None:
    cube = make_cube(*size, bands=20)
    data = png(cube, make_explanation(cube), "chlorosis", tmp_path / "figure.png")
    assert imread(BytesIO(data)).std() > 0.05


def test_names_with_signs_that_mean_something_elsewhere_are_drawn(tmp_path: Path) -> None:
    odd = replace(CUBE, name="a$b$ {x} % \\frac leaf with a name that is much too long")
    assert png(odd, EXPLANATION, "chlorosis", tmp_path / "figure.png").startswith(b"\x89PNG")


def test_no_evidence_and_no_data_are_drawn(tmp_path: Path) -> None:
    empty = replace(CUBE, source=ArraySource(np.full(CUBE.shape, np.nan, dtype=np.float32)))
    flat = replace(EXPLANATION, saliency=np.zeros_like(EXPLANATION.saliency))
    assert png(empty, flat, "chlorosis", tmp_path / "figure.png").startswith(b"\x89PNG")
