"""Resolutions, axes and channels of OME-Zarr images.

The format: "Next-generation file formats", versions 0.4 and 0.5 (Open Microscopy Environment): the
attribute `multiscales` of a group lists its axes and, from fine to coarse, the arrays that hold the
image; in 0.5 it stands in the attribute `ome`. `omero` labels the channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray
from focus_viewer.io.metadata.band_names import wavelengths_in_names

_OLD_AXES = ("t", "c", "z", "y", "x")  # before version 0.3
_MOST_LEVELS = 100


def with_levels_of_ome(contents: Contents) -> Contents:
    """Return the contents with the axes of its images, whose smaller copies are secondary."""
    known = {
        name: described
        for path, attributes in {"": contents.attributes, **contents.groups}.items()
        for name, described in _levels(path, attributes)
    }
    if not known:
        return contents
    arrays = tuple(
        _described(array, *known[array.name]) if array.name in known else array
        for array in contents.arrays
    )
    return replace(contents, arrays=arrays)


def _levels(
    path: str, attributes: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[bool, list[str], list[str]]]]:
    """Yield each array of a group's image, and whether it is secondary, its axes and labels."""
    ome = attributes.get("ome")
    declared = ome if isinstance(ome, dict) else attributes
    labels = _texts(_part(declared.get("omero"), "channels"), "label")
    masks = "image-label" in declared or "labels" in path.split("/")
    for image in _listed(declared.get("multiscales")):
        axes = _texts(_part(image, "axes"), "name") or list(_OLD_AXES)
        places = _texts(_part(image, "datasets"), "path")[:_MOST_LEVELS]
        for level, place in enumerate(places):
            name = f"{path}/{place}".strip("/")
            yield name, (masks or level > 0, axes, labels)


def _described(
    array: StoredArray, secondary: bool, axes: list[str], labels: list[str]
) -> StoredArray:
    if len(axes) != len(array.shape):
        return replace(array, secondary=secondary)
    dims = tuple("bands" if axis == "c" else axis for axis in axes)
    notes: list[str] = []
    bands = dict(zip(dims, array.shape, strict=True)).get("bands", 0)
    found = wavelengths_in_names(labels, bands, notes)
    spectral = {} if found is None else {"wavelength": found[0], "wavelength_units": found[1]}
    return replace(
        array,
        dims=dims,
        secondary=secondary,
        attributes={**array.attributes, **spectral},
        notes=(*array.notes, *notes),
    )


def _part(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any, name: str) -> list[str]:
    """Return the texts under a name in a list of mappings, or those of a list of texts."""
    words = [_part(entry, name) if isinstance(entry, dict) else entry for entry in _listed(value)]
    return [word for word in words if isinstance(word, str)]
