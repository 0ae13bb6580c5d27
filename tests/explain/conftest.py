"""Models to explain with; `explain_models` says what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from explain_models import RECIPE, make_card, make_small, make_toy

from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.model.focus_model import FocusModel


@pytest.fixture
def toy() -> FocusModel:
    """The model that can be worked out on paper, with a mean over patches."""
    return make_toy()


@pytest.fixture
def toy_of_maximum() -> FocusModel:
    """The same with a maximum over patches."""
    return make_toy("max")


@pytest.fixture
def small() -> FocusModel:
    """The small model with random weights."""
    return make_small()


@pytest.fixture
def small_folder(tmp_path: Path, small: FocusModel) -> Path:
    """The small model on disk."""
    folder = tmp_path / "small"
    save_model(folder, small, make_card(), RECIPE)
    return folder
