"""Verdict on cubes that a model was taught from, however strange they are to most of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from teaching_cases import QUICK, Cubes, two_leaves

from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.applicability import Verdict
from focus_viewer.explain.inference.applicability import judge
from focus_viewer.explain.teaching.teach import prepare


@pytest.mark.parametrize(
    ("strangest", "verdict"), [(0.3, "does not apply"), (1.7, "doubtful"), (2.0, "applies")]
)
def test_the_limit_covers_what_was_taught(strangest: float, verdict: Verdict) -> None:
    cubes = Cubes()
    data_set = two_leaves(cubes)
    prepared = prepare(data_set, cubes.open, QUICK, silent)
    (sample,) = data_set.samples
    images = prepared.reader.images(sample, silent)
    assert prepared.strangest == pytest.approx(images.leaf.strangeness)
    strange = replace(images, leaf=images.leaf._replace(strangeness=2.0))
    card = replace(
        prepared.card,
        teaching={"units": ["reflectance"], "spectral_groups": 19, "strangest": strangest},
    )
    judged = judge(cubes.open(sample), strange, card)
    (spectra,) = [each for each in judged.reasons if each.code == "spectra"]
    assert spectra.verdict == verdict
