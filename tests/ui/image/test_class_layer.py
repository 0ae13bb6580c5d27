"""Class map over a picture: what is unlike all labels is clear, and the read-out says so."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.datasets.class_map import ClassMap
from focus_viewer.ui.image.class_layer import class_image, class_text


def test_what_is_unlike_is_clear_and_named() -> None:
    likely = np.array([[[0.9, 0.1], [np.nan, np.nan]]], dtype=np.float32)
    unlike = np.array([[False, True]])
    found = ClassMap(("rust", "healthy"), likely, (4, 8), read=1.0, unlike=unlike)
    assert class_text(found, 1, 1) == "rust 90 %"
    assert class_text(found, 1, 6) == "unlike what is labelled"
    alpha = class_image(found, {"rust": "#aa0000"})[..., 3]
    assert alpha[0, 0] > 0
    assert alpha[0, 1] == 0
    assert class_text(found, 9, 9) == "class –"
