"""Tissue signature: where, and at which bands, tissue departs the way a class's tissue does.

It is near to the physics of the tissue, and no explanation of the model's decision: the model is
not asked.
"""

from __future__ import annotations

import numpy as np

from focus_viewer.core.typing import FloatArray

_TINY = 1e-9
# A class whose anchor is below this everywhere, in the units of contrasts, has no own tissue.
_SLIGHT = 0.1
# In lengths of the anchor: tissue that is ill goes so far, backgrounds further.
_FAR, _FURTHEST = 2.5, 3.5


def tissue_signature(contrasts: FloatArray, anchor: FloatArray) -> FloatArray:
    """Return the signature of a class, shape (grid_rows, grid_cols, groups), not negative.

    A cell counts as far as its spectrum goes the anchor's way, up to the anchor's length; one that
    goes several times as far is something else. A group counts as much as the anchor departs there.

    Parameters
    ----------
    contrasts : FloatArray, shape (grid_rows, grid_cols, groups)
        NaN where there is no data.
    anchor : FloatArray, shape (groups,)
    """
    known = np.nan_to_num(contrasts)
    length = float(np.linalg.norm(anchor))
    if np.abs(anchor).max() < _SLIGHT:
        return np.zeros_like(known)
    along = known @ anchor / length**2
    cosine = known @ anchor / np.maximum(np.linalg.norm(known, axis=-1) * length, _TINY)
    beyond = np.clip((_FURTHEST - along) / (_FURTHEST - _FAR), 0, 1)
    weight = np.clip(along, 0, 1) * beyond * np.maximum(cosine, 0) ** 2
    return np.asarray(weight[..., None] * np.abs(anchor), dtype=np.float32)
