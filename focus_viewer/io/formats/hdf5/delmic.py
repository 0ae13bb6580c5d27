"""Images of Delmic's microscopes (SPARC) and others of the SVI layout.

The layout: http://www.svi.nl/HDF5: `NAME/ImageData/Image` with labels of its axes, such as C, T, Z,
Y and X, and the wavelength of each channel, in metres, in `NAME/ImageData/DimensionScaleC`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from focus_viewer.io.formats.arrays.spectral import text_of
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray

_IMAGE = "ImageData/Image"
_CHANNELS = "DimensionScaleC"
_AXES = {"C": "bands", "Y": "rows", "X": "cols"}


def with_axes_of_delmic(contents: Contents) -> Contents:
    """Return the contents with names of axes and wavelengths for the images of this layout."""
    if not any(array.name.endswith(_IMAGE) for array in contents.arrays):
        return contents
    vectors = {array.name: array for array in contents.arrays if len(array.shape) == 1}
    arrays = tuple(
        _named(array, vectors.get(f"{array.name.rpartition('/')[0]}/{_CHANNELS}"))
        if array.name.endswith(_IMAGE)
        else array
        for array in contents.arrays
    )
    return replace(contents, arrays=arrays)


def _named(stored: StoredArray, channels: StoredArray | None) -> StoredArray:
    declared = np.asarray(stored.attributes.get("DIMENSION_LABELS", ()), dtype=object).reshape(-1)
    labels = [text_of(label) for label in declared]
    if len(labels) != len(stored.shape) or "C" not in labels:
        return stored
    dims = tuple(_AXES.get(label, label) for label in labels)
    bands = stored.shape[labels.index("C")]
    if channels is None or channels.shape != (bands,) or channels.dtype.kind not in "iuf":
        return replace(stored, dims=dims)
    spectral = {"wavelength": channels.vector, "wavelength_units": "m"}
    return replace(stored, dims=dims, attributes={**stored.attributes, **spectral})
