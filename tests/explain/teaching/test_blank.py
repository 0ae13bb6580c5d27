"""Nothing shown decides nothing: evidence is for the class that a taught model decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from teaching_cases import QUICK, Cubes, cube_with

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.teaching.head import POOLS, Frozen, choose_head, fit_head, pooled_vectors
from focus_viewer.explain.teaching.teach import prepare, teach

DIM, LEAVES = 16, 24


def far_leaves(seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw patches of leaves of two classes, all of them far from blank, and their labels."""
    rng = np.random.default_rng(seed)
    away, apart = (own / np.linalg.norm(own) for own in rng.standard_normal((2, DIM)))
    ill = np.arange(LEAVES) % 2 == 0
    middles = 6 * away + np.where(ill[:, None], 1, -1) * apart
    patches = [middle + 0.7 * rng.standard_normal((9, DIM)) for middle in middles]
    return [own.astype(np.float32) for own in patches], np.stack([ill, ~ill], axis=1)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_a_head_has_equal_logits_where_nothing_is_shown(seed: int, several: bool) -> None:
    patches, labels = far_leaves(seed)
    frozen = Frozen(lambda rows: rows, np.full((1, DIM), 0.3, dtype=np.float32))
    taught, out = np.arange(LEAVES // 2), np.arange(LEAVES // 2, LEAVES)
    folds = [(taught[:6], taught[6:]), (taught[6:], taught[:6])]
    own = [patches[place] for place in taught]
    chosen, held_out = choose_head(own, labels[taught], folds, frozen, several)
    given = fit_head(own, labels[taught], frozen, several, "max", 0.1)
    assert held_out is not None
    assert not chosen.offset
    for head in (chosen, given):
        blank = head.logits(pooled_vectors([frozen.blank], head.pool, frozen.norm))
        torch.testing.assert_close(blank, torch.zeros_like(blank), rtol=0, atol=1e-9)
    new = pooled_vectors([patches[place] for place in out], chosen.pool, frozen.norm)
    assert (chosen.logits(new).argmax(1).numpy() == labels[out].argmax(1)).mean() >= 0.9


def test_the_middle_of_three_degrees_is_decided_though_it_is_as_nothing_shown() -> None:
    rng = np.random.default_rng(0)
    degree = np.arange(30) % 3
    away = rng.standard_normal(DIM)
    middles = (degree[:, None] - 1.0) * 4 * away / np.linalg.norm(away)
    patches = [(own + 0.7 * rng.standard_normal((9, DIM))).astype(np.float32) for own in middles]
    frozen = Frozen(lambda rows: rows, np.zeros((1, DIM), dtype=np.float32))
    labels = degree[:, None] == np.arange(3)
    folds = [(np.arange(15), np.arange(15, 30)), (np.arange(15, 30), np.arange(15))]
    head, held_out = choose_head(patches, labels, folds, frozen, several=False)
    assert head.offset
    assert held_out is not None
    assert (held_out.logits.argmax(1).numpy() == degree).all()
    strict = fit_head(patches, labels, frozen, False, "avg", head.strength)
    found = strict.logits(pooled_vectors(patches, "avg", frozen.norm))
    assert (found.argmax(1).numpy() == degree).mean() < 1
    blank, own = (
        float(np.ptp(head.logits(pooled_vectors(each, "avg", frozen.norm)).numpy(), axis=1).mean())
        for each in ([frozen.blank], patches)
    )
    assert blank < 0.5 * own


def test_a_class_that_was_not_taught_never_wins() -> None:
    patches, labels = far_leaves(0)
    frozen = Frozen(lambda rows: rows, np.zeros((1, DIM), dtype=np.float32))
    wide = np.concatenate([labels, np.zeros((LEAVES, 1), dtype=np.bool_)], axis=1)
    head = fit_head(patches, wide, frozen, False, POOLS[0], 1.0)
    found = head.logits(pooled_vectors(patches, POOLS[0], frozen.norm))
    assert (found[:, 2] < found[:, :2].min(1).values).all()


@pytest.mark.parametrize("seed", range(3))
def test_evidence_is_for_the_class_that_is_decided(seed: int, tmp_path: Path) -> None:
    cubes = Cubes()
    samples = tuple(
        cubes.sample(f"{name} {n}", cube_with(("",), 100 * seed + 10 * n + len(name),
                     everywhere=name), classes=(name,))
        for name in ("rust", "healthy") for n in range(3)
    )  # fmt: skip
    made = teach(prepare(DataSet(samples), cubes.open, QUICK, silent), "rusty", "", silent)
    save_model(tmp_path / "rusty", made.model, made.card, made.recipe)
    explainer = Explainer()
    for name in ("rust", "healthy"):
        for new in range(2):
            cube = cube_with(("",), 900 + 10 * seed + new, everywhere=name)
            found = explainer.explain(
                ExplainRequest(0, cube, str(tmp_path / "rusty"), "cpu"), silent
            )
            decided = int(found.logits.argmax())
            assert found.predicted == name
            assert np.ptp(found.baseline) < 1e-3
            sums = found.evidence.sum(axis=(1, 2, 3))
            assert sums.argmax() == decided
            assert sums[decided] - sums.mean() > 0
