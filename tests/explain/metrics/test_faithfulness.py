"""Deletion and insertion on a classifier that adds up what it sees."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explain_models import make_small
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from saliency_cases import volume_of, volumes

from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.metrics.faithfulness import Trial, class_probability, faithfulness


def _sum(images: FloatArray) -> FloatArray:
    """A classifier that believes what it sees: every pixel adds its value."""
    return images.sum(axis=(1, 2, 3))


def _trial(image: FloatArray, steps: int = 1000, seed: int = 0, batch: int = 16) -> Trial:
    image = np.asarray(image, dtype=np.float32)
    return Trial(image, np.zeros(len(image), np.float32), _sum, steps, batch, seed)


# One row of two cells, two groups: group 0 sees 0.4 and 0.1, group 1 sees 0.3 and 0.2.
IMAGE = [[[0.4, 0.1]], [[0.3, 0.2]]]
CONTRIBUTIONS = [[[0.4, 0.3], [0.1, 0.2]]]


def test_by_hand() -> None:
    assert faithfulness(_trial(IMAGE), volume_of(CONTRIBUTIONS)) == pytest.approx(
        {
            "deletion": (1 / 2 + 0.6 + 0.3 + 0.1 + 0 / 2) / 4,
            "insertion": (0 / 2 + 0.4 + 0.7 + 0.9 + 1 / 2) / 4,
            "deletion_spatial": (1 / 2 + 0.3 + 0 / 2) / 2,  # 0.7 lies in the left cell
            "insertion_spatial": (0 / 2 + 0.7 + 1 / 2) / 2,
            # Both groups hold 0.5: whichever goes first.
            "deletion_spectral": (1 / 2 + 0.5 + 0 / 2) / 2,
            "insertion_spectral": (0 / 2 + 0.5 + 1 / 2) / 2,
        }
    )


def test_few_steps_skip_parts_but_not_the_ends() -> None:
    found = faithfulness(_trial(IMAGE, steps=2), volume_of(CONTRIBUTIONS))
    assert found["deletion"] == pytest.approx((1 / 2 + 0.3 + 0 / 2) / 2)


def test_a_cell_covers_its_pixels() -> None:
    image = np.zeros((1, 4, 5), dtype=np.float32)
    image[0, :2, 3:] = 0.25  # the upper right cell of 2 x 2
    found = faithfulness(_trial(image), volume_of([[[0], [1]], [[0], [0]]]))
    assert found["deletion"] == pytest.approx((1 / 2 + 0) / 4)
    assert found["insertion"] == pytest.approx((0 / 2 + 1 + 1 + 1 + 1 / 2) / 4)


def test_the_baseline_takes_the_place_of_what_is_gone() -> None:
    image = np.array(IMAGE, dtype=np.float32)
    trial = Trial(image, np.array([0.5, 0.25], np.float32), _sum)
    found = faithfulness(trial, volume_of([[[2, 1], [2, 1]]]))
    # Group 0 goes first, 0.5 of light for 1.0 of baseline; then group 1, 0.5 for 0.5.
    assert found["deletion_spectral"] == pytest.approx((1 / 2 + 1.5 + 1.5 / 2) / 2)


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_batches_change_nothing_and_are_kept_to(batch: int) -> None:
    asked = []

    def ask(images: FloatArray) -> FloatArray:
        asked.append(len(images))
        assert images.dtype == np.float32
        return _sum(images)

    image = np.array(IMAGE, dtype=np.float32)
    trial = Trial(image, np.zeros(2, np.float32), ask, batch=batch)
    expected = faithfulness(_trial(IMAGE), volume_of(CONTRIBUTIONS))
    assert faithfulness(trial, volume_of(CONTRIBUTIONS)) == pytest.approx(expected)
    assert max(asked) <= batch
    assert sum(asked) == 2 + 2 * (3 + 1 + 1)  # the ends are the same for all


VOXELS = hnp.arrays(np.float32, (2, 3, 2), elements=st.integers(0, 9))


def _image_of(contributions: FloatArray) -> FloatArray:
    return np.moveaxis(contributions, 2, 0)


@given(VOXELS, volumes((2, 3, 2)))
def test_nothing_beats_the_true_contributions(own: FloatArray, other: SaliencyVolume) -> None:
    best = faithfulness(_trial(_image_of(own)), volume_of(own))
    baseline = faithfulness(_trial(_image_of(own)), other)
    for name, value in best.items():
        assert value <= baseline[name] if "deletion" in name else value >= baseline[name]


@given(VOXELS, volumes((2, 3, 2)), st.sampled_from([0.5, 16.0]))
def test_scale_does_not_matter_and_areas_add_up(
    own: FloatArray, volume: SaliencyVolume, scale: float
) -> None:
    found = faithfulness(_trial(_image_of(own)), volume)
    assert faithfulness(_trial(_image_of(own)), volume_of(scale * volume.values)) == found
    for suffix in ("", "_spatial", "_spectral"):
        # A classifier that adds up loses by deletion what it gains by insertion.
        both = found[f"deletion{suffix}"] + found[f"insertion{suffix}"]
        assert both == pytest.approx(own.sum())


def test_a_constant_is_chance_wherever_the_evidence_lies() -> None:
    image = np.zeros((1, 4, 4), dtype=np.float32)
    image[0, 0, 0] = 1
    constant = volume_of(np.zeros((4, 4, 1)))
    areas = [faithfulness(_trial(image, seed=s), constant)["deletion"] for s in range(300)]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.05)
    assert np.ptp(areas) > 0.8
    assert areas[0] == faithfulness(_trial(image, seed=0), constant)["deletion"]


@pytest.mark.parametrize("shape", [(1, 2, 3), (2, 2, 2), (1, 3, 2)])
def test_a_volume_of_another_image_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at most a cell a pixel"):
        faithfulness(_trial(IMAGE), volume_of(np.ones(shape)))


def test_an_answer_of_another_shape_is_refused() -> None:
    trial = Trial(np.array(IMAGE, np.float32), np.zeros(2, np.float32), lambda images: images)
    with pytest.raises(ValueError, match="expected 1 probabilities"):
        faithfulness(trial, volume_of(CONTRIBUTIONS))


def test_the_frozen_classifier_is_asked_for_its_own_decision() -> None:
    backbone = make_small().backbone
    groups = torch.tensor([1, 4, 7])
    images = np.random.default_rng(0).standard_normal((5, 3, 16, 16)).astype(np.float32)
    shares = [class_probability(backbone, groups, target)(images) for target in range(3)]
    assert np.sum(shares, axis=0) == pytest.approx(np.ones(5), abs=1e-5)
    logits = backbone.logits(torch.from_numpy(images), groups).detach().numpy()
    assert np.log(shares[2] / shares[0]) == pytest.approx(logits[:, 2] - logits[:, 0], abs=1e-4)
    assert np.ptp(shares[0]) > 0
