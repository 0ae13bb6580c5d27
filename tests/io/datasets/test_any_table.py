"""Tables of any content: they give samples or a readable error, never another one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_set_files import fields, write_cube
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.errors import FocusError
from focus_viewer.io.datasets import read_data_set

TITLES = ["image", "class", "mask", "plant", "Path", "ImageId", "", "id", "Fertilizer"]
CELLS = st.sampled_from(["a", "b.hdr", "a;b", "", "0", "01", "../a", "l.npy", '"', "é", "/", "."])
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=5)
TABLES = st.builds(
    lambda titles, rows, between: "\n".join(between.join(row) for row in [titles, *rows]),
    st.lists(st.sampled_from(TITLES), max_size=5),
    ROWS,
    st.sampled_from([",", ";", "\t", "|"]),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    for seed, name in enumerate(["a", "b", "0001"]):
        write_cube(path, name, seed)
    np.save(path / "l.npy", fields())
    return path


def check(source: Path) -> None:
    try:
        data = read_data_set(source)
    except FocusError as error:
        assert str(error)
        return
    assert isinstance(data, DataSet) and data.samples and all(s.examples for s in data.samples)
    data.counts, data.fingerprint  # noqa: B018


@settings(max_examples=80)
@given(TABLES | st.text(max_size=60))
def test_any_table(folder: Path, text: str) -> None:
    (folder / "t.csv").write_bytes(text.encode("utf-8", errors="surrogatepass"))
    check(folder)
    check(folder / "t.csv")


@settings(max_examples=40)
@given(
    st.sampled_from(
        [b"", b"\x93NUMPY", b"\x89PNG\r\n\x1a\n", b"II*\0", b"ENVI\n", b"{", b"MATLAB 5"]
    ),
    st.binary(max_size=80),
    st.sampled_from(
        ["a_gt.npy", "a_mask.png", "a_labels.tif", "a_gt.hdr", "a.geojson", "a_gt.mat"]
    ),
)
def test_any_label_file(folder: Path, magic: bytes, content: bytes, name: str) -> None:
    (folder / name).write_bytes(magic + content)
    check(folder / "a.hdr")
    (folder / name).unlink()
