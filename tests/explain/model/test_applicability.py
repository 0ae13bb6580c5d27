"""Verdicts of the model that comes with the program: on what is no leaf, and on a plant."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from maize_outline import plant
from no_leaf_inputs import measured, simulated

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import IncompatibleCube
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.applicability import Verdict
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import on_pixels
from focus_viewer.core.typing import BoolArray
from focus_viewer.explain.inference.explainer import Explainer, explain
from focus_viewer.io.reader import read_cube

EXPLAINER = Explainer()


def verdict(cube: Cube) -> Verdict | None:
    """Return the verdict on a cube; None where it is refused."""
    try:
        return EXPLAINER.judge(ExplainRequest(1, cube, "focus-leaf", "cpu"), silent).verdict
    except IncompatibleCube:
        return None


def test_what_is_no_leaf_is_not_diagnosed() -> None:
    verdicts = {cube.name: verdict(cube) for cube in simulated()}
    assert len(verdicts) >= 150
    assert not [name for name, found in verdicts.items() if found == "applies"]
    foreign = [found for found in verdicts.values() if found == "does not apply"]
    assert len(foreign) >= 0.95 * len(verdicts)


@pytest.mark.real
def test_rock_kernel_city_ground_and_roofs_are_not_diagnosed(real_data: Path) -> None:
    # Every other one: docs/applicability.md has them all.
    verdicts = [verdict(cube) for cube in list(measured(real_data))[::2]]
    known = [found for found in verdicts if found is not None]
    assert len(known) > 7 and "applies" not in known
    assert known.count("does not apply") >= 0.8 * len(known)


def _wider(mask: BoolArray) -> BoolArray:
    """Widen a mask by the pixel to which it could be drawn."""
    wide = mask.copy()
    wide[1:] |= mask[:-1]
    wide[:-1] |= mask[1:]
    wide[:, 1:] |= mask[:, :-1]
    wide[:, :-1] |= mask[:, 1:]
    return wide


@pytest.mark.real
def test_evidence_on_a_whole_plant_is_on_the_plant(real_data: Path) -> None:
    cube = read_cube(real_data / "envi_plant" / "maize_a_unl_243.hdr")
    found = explain(ExplainRequest(1, cube, "focus-leaf", "cpu"), silent)
    own = plant()
    assert (found.met & own).sum() >= 0.6 * own.sum()
    for name in found.classes:
        volume = found.volume(name, "evidence")
        images = (on_pixels(volume, plane, own.shape) for plane in volume.planes)
        positive = np.sum([np.maximum(image, 0) for image in images], axis=0)
        assert positive[~_wider(own)].sum() <= 0.02 * positive.sum(), name
