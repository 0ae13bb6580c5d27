"""A backbone to explain; `baseline_questions` says what it is."""

from __future__ import annotations

import pytest
from baseline_questions import make_lively

from focus_viewer.explain.model.backbone import BandPureBackbone


@pytest.fixture
def lively() -> BandPureBackbone:
    """The random backbone with a clear decision."""
    return make_lively()
