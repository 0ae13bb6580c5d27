"""The model that comes with the program, on the sample that comes with it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.assets import folder
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import resample
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.inference.explainer import explain
from focus_viewer.io.reader import read_cube

LESIONS = ("bacterial spot", "water stress")


@pytest.fixture(scope="module")
def sample() -> Explanation:
    """The bundled sample, explained on the CPU."""
    cube = read_cube(folder("resources") / "leaf.hdr")
    return explain(ExplainRequest(1, cube, "focus-leaf", "cpu"), silent)


def truth_of(name: str, shape: tuple[int, int]) -> BoolArray:
    """Pixels of a lesion."""
    resources = folder("resources")
    labels = json.loads((resources / "leaf_truth.json").read_text(encoding="utf-8"))["labels"]
    codes = np.fromfile(Path(resources / "leaf_truth.img"), np.uint8).reshape(shape)
    return np.asarray(codes == labels.index(name))


def test_the_card_warns_and_counts() -> None:
    card = json.loads((folder("models") / "focus-leaf" / "card.json").read_text(encoding="utf-8"))
    assert card["version"] == "2"
    assert card["validated"] is False
    assert card["warning"] == "simulated training data, not validated"
    assert card["command"].startswith("focus-viewer train ")
    assert card["measured"]["accuracy (full range)"] > 0.8
    assert {"full range", "VNIR"} <= set(card["temperatures"])
    assert 0 < card["extra_parameters_percent"] < 15


def test_the_sample_takes_one_pass(sample: Explanation) -> None:
    assert sample.cost.forward_passes == 1
    assert sample.cost.backward_passes == 0


def test_the_sample_adds_up(sample: Explanation) -> None:
    parts = sample.evidence.sum(axis=(1, 2, 3), dtype=np.float64) + sample.unattributed
    np.testing.assert_allclose(sample.baseline + parts, sample.logits, atol=1e-3)
    mass = sample.attention.sum(axis=(1, 2, 3), dtype=np.float64)
    np.testing.assert_allclose(mass + sample.sink, 1, atol=1e-5)


def test_the_sample_is_found_ill(sample: Explanation) -> None:
    assert sample.predicted in LESIONS
    probability = dict(zip(sample.classes, sample.probabilities, strict=True))
    assert probability["healthy"] < 0.2


def test_little_of_the_sample_is_left_unattributed(sample: Explanation) -> None:
    assert sample.doubt(sample.predicted) < 0.3


@pytest.mark.parametrize("name", LESIONS)
def test_each_lesion_lights_up_for_its_class(sample: Explanation, name: str) -> None:
    planes = sample.volume(name, "evidence").planes
    saliency = resample(planes.sum(axis=0), sample.image_shape)
    lesion = truth_of(name, sample.image_shape)
    assert lesion[np.unravel_index(saliency.argmax(), saliency.shape)]
    brightest = saliency >= np.percentile(saliency, 98)
    assert lesion[brightest].mean() > 10 * lesion.mean()
    assert saliency[lesion].mean() > 10 * abs(saliency[~lesion].mean())
