"""The phantom is what it says it is."""

import numpy as np
from phantom import Phantom, make_phantom


def test_the_feature_is_in_the_disc_and_nowhere_else(phantom: Phantom) -> None:
    middle = phantom.cube.nearest_band(phantom.center_nm)
    assert middle is not None
    band = phantom.cube.band(middle)
    np.testing.assert_allclose(band[phantom.disc], 0.5 - phantom.depth, rtol=1e-6)
    np.testing.assert_array_equal(band[~phantom.disc], 0.5)


def test_the_spectrum_in_the_disc_is_the_gaussian() -> None:
    axis = np.array([500.0, 600.0, 620.0, 640.0])
    found = make_phantom(6, 9, axis, center_nm=600, sigma_nm=20, depth=0.4)
    expected = 0.5 - 0.4 * np.array([np.exp(-12.5), 1, np.exp(-0.5), np.exp(-2)])
    np.testing.assert_allclose(found.cube.pixel(2, 3), expected, rtol=1e-6)
    assert found.cube.shape == (6, 9, 4)
    assert found.disc[2, 3]
    assert not found.disc[5, 8]
