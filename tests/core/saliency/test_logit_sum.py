"""Sum of a class's logit, and what of it could not be attributed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from project_states import explanation

from focus_viewer.core.saliency.logit_sum import contrast_sum, logit_sum, unattributed_curve
from focus_viewer.core.saliency.volume import importance_curve


@pytest.mark.parametrize("name", ["healthy", "rust", "blight"])
def test_the_parts_are_the_logit(name: str) -> None:
    explained = explanation()
    found, own = logit_sum(explained, name), explained.classes.index(name)
    assert found.logit == explained.logits[own]
    assert found.baseline == explained.baseline[own]
    assert found.evidence == pytest.approx(float(explained.evidence[own].sum()), rel=1e-4)
    assert found.baseline + found.evidence + found.unattributed == pytest.approx(found.logit)


@pytest.mark.parametrize("against", [None, "rust", "healthy"])
def test_a_difference_of_logits_is_the_sum_of_what_is_shown(against: str | None) -> None:
    explained = explanation()
    others = explained.evidence.sum(axis=0) - explained.evidence
    explained = replace(explained, saliency=explained.evidence - others / 2)
    found = contrast_sum(explained, "healthy", against)
    curve = importance_curve(explained.volume("healthy", "evidence", against))
    assert found.evidence == pytest.approx(curve.sum(), abs=1e-4)
    left = unattributed_curve(explained, "healthy", against)
    assert found.unattributed == pytest.approx(left.sum(), abs=1e-4)
    logits = dict(zip(explained.classes, explained.logits, strict=True))
    rivals = [against] if against == "rust" else ["rust", "blight"]
    expected = logits["healthy"] - np.mean([logits[name] for name in rivals])
    assert found.logit == pytest.approx(expected, abs=1e-4)
    assert found.baseline + found.evidence + found.unattributed == pytest.approx(found.logit)


def test_a_class_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="no class 'scab'; it has healthy, rust, blight"):
        logit_sum(explanation(), "scab")


def test_what_is_left_is_contrasted_as_the_evidence_is() -> None:
    explained = explanation()
    curves = np.array([[1, 2, 3, 4], [5, 5, 5, 5], [3, 2, 1, 0]], dtype=np.float32)
    evidence = np.zeros_like(explained.evidence)
    evidence[:, 1, 2] = curves
    absorbed = np.full_like(explained.absorbed, 0.5)
    explained = replace(explained, evidence=evidence, absorbed=absorbed)
    np.testing.assert_array_equal(unattributed_curve(explained, "rust"), [3, 3, 3, 3])
    np.testing.assert_array_equal(unattributed_curve(explained, "rust", "blight"), [2, 3, 4, 5])
    np.testing.assert_array_equal(unattributed_curve(explained, "rust", "rust"), [3, 3, 3, 3])
