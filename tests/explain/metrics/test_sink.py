"""Noise is planted in a tenth of groups and patches, and the sink's share of it is counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from focus_viewer.explain.metrics.sink import plant_noise, sink_shares


def test_a_tenth_of_groups_and_of_patches_is_noise() -> None:
    images = torch.zeros(1, 20, 40, 40)
    found = plant_noise(images, 4, np.random.default_rng(0))
    assert found.noisy.shape == (100, 20)
    assert found.noisy.all(axis=0).sum() == 2
    assert found.noisy.all(axis=1).sum() == 10
    noisy = found.noisy.T.reshape(20, 10, 10)
    changed = (found.images[0] != 0).numpy().reshape(20, 10, 4, 10, 4).all(axis=(2, 4))
    np.testing.assert_array_equal(changed, noisy)
    assert not images.any()


def test_the_sink_s_share_is_what_its_absence_adds() -> None:
    noisy = np.array([[True, False], [False, False]])
    whole = torch.tensor([[0.4, 0.2], [0.2, 0.2]])
    kept = torch.tensor([[0.1, 0.2], [0.1, 0.15]])
    found = sink_shares(kept, whole, noisy)
    assert found["sink_on_noise"] == pytest.approx(0.75)
    assert found["sink_on_clean"] == pytest.approx(0.25)
