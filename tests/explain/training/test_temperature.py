"""The temperature that is known is found."""

from __future__ import annotations

import pytest
import torch

from focus_viewer.explain.training.evaluate import SceneScores
from focus_viewer.explain.training.temperature import fit_temperature, temperature_of


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_labels_drawn_at_a_temperature_give_it_back(temperature: float) -> None:
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn(20_000, 4, generator=generator)
    shares = (logits / temperature).softmax(1)
    labels = torch.multinomial(shares, 1, generator=generator)[:, 0]
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.06)


def test_the_best_of_two_classes_by_hand() -> None:
    """Three of four right at a distance of 3: as sure as 3 to 1 at a temperature of 3 / ln 3."""
    logits = torch.tensor([[3.0, 0.0]]).expand(4, 2)
    assert fit_temperature(logits, torch.tensor([0, 0, 0, 1])) == pytest.approx(2.73, rel=0.06)


def test_it_stays_within_its_bounds() -> None:
    logits = torch.tensor([[1.0, 0.0]]).expand(4, 2)
    assert fit_temperature(logits, torch.zeros(4, dtype=torch.int64)) == 0.1
    assert fit_temperature(logits, torch.ones(4, dtype=torch.int64)) == 10


def test_scenes_are_read_from_their_scores() -> None:
    rows = ([3.0, 0.0], [3.0, 0.0], [3.0, 0.0], [0.0, 3.0])
    scores = [SceneScores(0, 0, torch.tensor(row), 9, 1.0, 1.0, 0.0) for row in rows]
    expected = fit_temperature(torch.tensor(rows), torch.zeros(4, dtype=torch.int64))
    assert temperature_of(scores) == expected == pytest.approx(2.73, rel=0.06)
