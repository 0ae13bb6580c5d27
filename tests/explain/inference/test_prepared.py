"""Cubes that share a pass: each has the explanation that it has alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from explain_models import RECIPE, cube_of, make_card, make_cube

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.inference import sliding_window
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.inference.prepared import PreparedCube
from focus_viewer.explain.model.checkpoint import build_model, save_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch

    torch.manual_seed(0)
    card = make_card()
    path = tmp_path_factory.mktemp("models") / "small"
    save_model(path, build_model(RECIPE, card.edges_nm, len(card.classes)), card, RECIPE)
    return path


def prepared(explainer: Explainer, cube: Cube, folder: Path) -> PreparedCube:
    found = explainer.prepare(ExplainRequest(1, cube, str(folder), "cpu"))
    assert isinstance(found, PreparedCube)
    return found


def cubes() -> list[Cube]:
    first = make_cube(24, 20)
    values = first.block(slice(None), slice(None))
    assert first.wavelengths_nm is not None
    return [
        first,
        cube_of(np.ascontiguousarray(values[::-1, :16]), first.wavelengths_nm),
        make_cube(40, 16),
    ]


@pytest.mark.parametrize("in_a_pass", [1, 3, 100])
def test_cubes_that_share_passes_are_explained_as_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, in_a_pass: int
) -> None:
    explainer = Explainer()
    requests = [ExplainRequest(1, cube, str(folder), "cpu") for cube in cubes()]
    alone = [explainer.explain(request, silent) for request in requests]
    several = [prepared(explainer, cube, folder) for cube in cubes()]
    monkeypatch.setattr(sliding_window, "windows_in_a_pass", lambda _: in_a_pass)
    together = explainer.explain_prepared(several, silent)
    for own, shared in zip(alone, together, strict=True):
        np.testing.assert_allclose(shared.logits, own.logits, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(shared.evidence, own.evidence, rtol=1e-5, atol=1e-6)
        assert shared.image_shape == own.image_shape
        assert shared.notes == own.notes
        assert shared.applicability.verdict == own.applicability.verdict
    windows = sum(each.windows for each in several)
    passes = [each.cost.forward_passes for each in together]
    assert max(passes) <= -(-windows // in_a_pass)
    assert passes == [1, 1, 1] if in_a_pass == 100 else min(passes) >= 1


def test_cubes_of_other_groups_do_not_share(folder: Path) -> None:
    explainer = Explainer()
    whole = make_cube(16, 16)
    assert whole.wavelengths_nm is not None
    half = cube_of(
        whole.block(slice(None), slice(None))[..., whole.wavelengths_nm < 700],
        whole.wavelengths_nm[whole.wavelengths_nm < 700],
    )
    first, second = (prepared(explainer, cube, folder) for cube in (whole, half))
    assert first.may_share([first])
    assert not second.may_share([first])
    with pytest.raises(ValueError, match="same groups"):
        explainer.explain_prepared([first, second], silent)
