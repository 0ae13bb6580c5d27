"""Library of broad spectra."""

from __future__ import annotations

import numpy as np
import pytest

from focus_viewer.simulate.library import LibrarySize, smooth_spectra, spectral_library
from focus_viewer.simulate.sensors import GRID_NM

SMALL = LibrarySize(leaves=4, materials=4, smooth=4)


def test_training_and_testing_share_no_spectrum() -> None:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    training, again, testing = (
        spectral_library(0, testing, SMALL) for testing in (False, False, True)
    )
    assert training.shape[1] == GRID_NM.size
    assert ((training >= 0) & (training <= 1)).all()
    np.testing.assert_array_equal(training, again)
    known = {row.tobytes() for row in training}
    assert not any(row.tobytes() in known for row in testing)


def test_smooth_spectra_vary_at_many_length_scales() -> None:
    spectra = np.log(smooth_spectra(200, np.random.default_rng(1)))
    step = np.abs(np.diff(spectra[:, ::25], axis=1)).mean(axis=1) / spectra.std(axis=1)
    assert np.percentile(step, 90) > 5 * np.percentile(step, 10)
    assert np.abs(np.diff(spectra, axis=1)).max() < 0.2
