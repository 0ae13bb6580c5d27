"""DOFA of torchgeo: its own decision from parts, and a folder that is read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from vit_cases import CLASSES, unlabelled

from focus_viewer.core.errors import ModelError
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.attaching.attach import Order, attach
from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
from focus_viewer.explain.foreign.bands import group_neighbours
from focus_viewer.explain.foreign.dofa import DofaAdapter, describe_dofa
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model

BANDS_NM = np.array([660.0, 560.0, 490.0, 830.0, 1610.0, 2190.0])
QUICK = AttachPlan(groups=6, windows=2, pairs=1, epochs=1, held_out=1, evaluations=10)


def small(**options: Any) -> torch.nn.Module:
    """Return a small DOFA with random weights."""
    models = pytest.importorskip("torchgeo.models", reason="torchgeo is not installed")
    torch.manual_seed(0)
    found = models.DOFA(
        img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=2, num_classes=3, **options
    )
    with torch.no_grad():
        for parameter in found.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return found.eval().requires_grad_(False)  # type: ignore[no-any-return]


@pytest.mark.parametrize("mean", [True, False])
def test_parts_are_decided_on_as_dofa_decides_on_the_image(mean: bool) -> None:
    dofa = small(global_pool=mean)
    groups = group_neighbours(BANDS_NM, 6)
    adapter = DofaAdapter(dofa, BANDS_NM, groups)
    adapter.usual.copy_(torch.randn(6))
    images = torch.randn(2, 6, 16, 16)
    expected = dofa(images, (BANDS_NM / 1000).tolist())
    found = adapter.decide(adapter.parts(images)).logits
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    taken = AttachedModel(adapter, groups).requires_grad_(False)(images)
    torch.testing.assert_close(taken.baseline + taken.whole.sum((2, 3)), expected, atol=1e-4,
                               rtol=1e-4)  # fmt: skip


def test_it_is_attached_and_read_again(tmp_path: Path) -> None:
    dofa = small()
    torch.save({"model": dofa.state_dict()}, tmp_path / "dofa.pth")
    visible = tuple(BANDS_NM[:4].tolist())
    facts = FrozenModelFacts("dofa", CLASSES, options={"num_heads": 2}, bands_nm=visible)
    made = attach(Order(tmp_path / "dofa.pth", facts, unlabelled(3), QUICK, "mine"), silent)
    save_model(tmp_path / "mine", made.model, made.card, made.recipe)
    request = ExplainRequest(0, unlabelled(1)[0](), str(tmp_path / "mine"), "cpu")
    found = Explainer().explain(request, silent)
    total = found.baseline + found.evidence.sum((1, 2, 3)) + found.unattributed
    assert np.allclose(total, found.logits, atol=0.01)
    assert len(found.edges_nm) == 4


def test_another_state_dict_is_refused() -> None:
    with pytest.raises(ModelError, match="not that of a DOFA"):
        describe_dofa("dofa", {"head.weight": torch.zeros(2, 2)}, {})
