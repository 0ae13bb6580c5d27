"""Arrays of MATLAB's version 7.3, whose files are HDF5.

A struct is a group. Of an array of structs, each field is an array of references to numbers in the
group `#refs#`, one for each struct; a cell is such an array too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from focus_viewer.io.formats.arrays.matlab_format import ADVICE, with_named_axes
from focus_viewer.io.formats.arrays.spectral import text_of
from focus_viewer.io.formats.arrays.stored_array import Contents, StoredArray, transposed
from focus_viewer.io.formats.hdf5.file import Hdf5File

_CLASS = "MATLAB_class"
_NUMBERS = frozenset(f"{kind}{size}" for kind in ("int", "uint") for size in (8, 16, 32, 64)) | {
    "double",
    "single",
}
_REFERRED = "#refs#"


def is_of_matlab(contents: Contents) -> bool:
    """Return whether MATLAB wrote the file."""
    return any(_CLASS in array.attributes for array in contents.arrays) or any(
        _CLASS in attributes for attributes in contents.groups.values()
    )


def contents_of_matlab(file: Hdf5File, contents: Contents) -> Contents:
    """Return the arrays as in MATLAB: their axes are reversed in the file."""
    has_references = any(array.name.startswith(_REFERRED) for array in contents.arrays)
    names = _names(file.referred()) if has_references else {}
    arrays = tuple(
        transposed(replace(array, name=name, dims=()))
        for array in contents.arrays
        if text_of(array.attributes.get(_CLASS, "")) in _NUMBERS
        and "MATLAB_empty" not in array.attributes
        and (name := _name_of(array, names))
    )
    return Contents(contents.path, with_named_axes(arrays), columns_first=True, advice=ADVICE)


def _names(referred: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return what referred numbers are called in MATLAB, by their names in the file."""
    outside = {name: to for name, to in referred.items() if not name.startswith(_REFERRED)}
    return {
        target: called
        for name, targets in outside.items()
        for target, called in zip(targets, _numbered(name, len(targets)), strict=True)
    }


def _numbered(name: str, count: int) -> Iterator[str]:
    """Return `s(1)/x, s(2)/x` for a field of structs, `c{1}, c{2}` for a cell."""
    struct, _, field = name.rpartition("/")
    for place in range(1, count + 1):
        yield f"{struct}({place})/{field}" if struct else f"{field}{{{place}}}"


def _name_of(array: StoredArray, names: Mapping[str, str]) -> str:
    """Return the name of an array in MATLAB; empty for one that nothing refers to."""
    if not array.name.startswith(_REFERRED):
        return array.name
    head, _, rest = array.name.removeprefix(f"{_REFERRED}/").partition("/")
    called = names.get(f"{_REFERRED}/{head}", "")
    return f"{called}/{rest}" if called and rest else called
