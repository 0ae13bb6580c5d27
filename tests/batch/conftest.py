"""A small model on disk for all batches."""

from __future__ import annotations

from pathlib import Path

import pytest
from batch_cases import save_small_model


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the model."""
    return save_small_model(tmp_path_factory.mktemp("models") / "small")
