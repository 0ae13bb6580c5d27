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


def tissue_signature(contrasts: FloatArray, anchor: FloatArray) -> FloatArray:
    """Return the signature of a class, shape (grid_rows, grid_cols, groups), signed.

    A cell counts as far as its spectrum has the anchor's direction, up to the anchor's length. A
    group counts by the root of the anchor: by the anchor itself, a curve would be its peak alone.

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
    along = known @ anchor
    cosine = along / np.maximum(np.linalg.norm(known, axis=-1) * length, _TINY)
    weight = np.clip(along / length**2, 0, 1) * np.maximum(cosine, 0)
    gains = np.sign(anchor) * np.sqrt(np.abs(anchor))
    return np.asarray(weight[..., None] * gains * known, dtype=np.float32)
