"""Values that lie open in files of any format, read by calls of the system as through a map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.io import read_cube
from focus_viewer.io.formats.arrays.stored_array import reader_of

VALUES = np.arange(7 * 5 * 4 * 3, dtype=">i2")


@pytest.mark.parametrize("shape", [(), (420,), (20, 21), (7, 5, 12), (7, 5, 4, 3)])
@pytest.mark.parametrize("columns_first", [False, True])
def test_arrays_of_any_number_of_axes(
    shape: tuple[int, ...], columns_first: bool, tmp_path: Path
) -> None:
    path = tmp_path / "array.bin"
    values = VALUES[: int(np.prod(shape))]
    path.write_bytes(b"12345" + values.tobytes())
    array = values.reshape(shape, order="F" if columns_first else "C")
    read = reader_of(path, shape, values.dtype, 5, columns_first)

    @given(st.tuples(*(_parts(side) for side in shape)))
    def check(key: tuple[slice, ...]) -> None:
        found = read(key)
        np.testing.assert_array_equal(found, array[key])
        assert found.shape == array[key].shape

    check()


def _parts(side: int) -> st.SearchStrategy[slice]:
    ends = st.tuples(st.integers(0, side), st.integers(0, side)).map(sorted)
    return st.tuples(ends, st.integers(1, 3)).map(lambda one: slice(*one[0], one[1]))


@pytest.mark.parametrize("kind", ["pages", "planes", "pixels"])
def test_a_tiff_reads_the_same_by_calls_as_through_a_map(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cube = VALUES.astype("<u2").reshape(7, 5, 12)
    path = tmp_path / "cube.tif"
    if kind == "pages":
        tifffile.imwrite(path, cube.transpose(2, 0, 1), photometric="minisblack", metadata=None)
    else:
        stored = cube if kind == "pixels" else np.ascontiguousarray(cube.transpose(2, 0, 1))
        config = "contig" if kind == "pixels" else "separate"
        tifffile.imwrite(path, stored, photometric="minisblack", planarconfig=config)
    mapped = read_cube(path).block(slice(None), slice(None))
    np.testing.assert_array_equal(mapped, cube)

    for module in ("storage.raw_array", "formats.tiff.planes"):
        monkeypatch.setattr(f"focus_viewer.io.{module}.LITTLE_BYTES", 0)
    again = read_cube(path)

    np.testing.assert_array_equal(again.block(slice(None), slice(None)), mapped)
    np.testing.assert_array_equal(again.pixel(3, 4), mapped[3, 4])
    np.testing.assert_array_equal(again.block(slice(1, 6, 2), slice(3, 0, -1)), cube[1:6:2, 3:0:-1])
