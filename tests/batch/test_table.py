"""The table as other programs read it, and the curves."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from batch_cases import NM, batch, write_cube, write_cubes
from envi_bytes import write_envi

from focus_viewer.batch.results.columns import columns_of, distinct
from focus_viewer.batch.run import BatchRun

DOCUMENT = Path(__file__).parents[2] / "docs" / "batch.md"


@pytest.fixture(scope="module")
def done(model: Path, tmp_path_factory: pytest.TempPathFactory) -> BatchRun:
    """A batch of two cubes of different bands, and of one that fails."""
    folder = tmp_path_factory.mktemp("table")
    write_cube(folder, "first", seed=1)
    few = NM[10:]
    values = np.fromfile(folder / "first.img", "<f4").reshape(NM.size, 24, 20)[10:]
    stated = {"wavelength units": "Nanometers", "wavelength": f"{{{', '.join(map(str, few))}}}"}
    names = {"data_name": "second.img", "header_name": "second.hdr"}
    write_envi(folder, np.ascontiguousarray(values.transpose(1, 2, 0)), stated, **names)
    write_envi(folder, data_name="dark.img", header_name="dark.hdr")
    groups = folder / "groups.csv"
    groups.write_text('path,plant no.,note\nfirst,01,"a, ""b"""\nsecond,02,\n')
    return batch(model, folder / "out", folder, groups=groups)


def test_the_csv_follows_the_rules_of_read_csv(done: BatchRun) -> None:
    text = done.paths[2].read_text(encoding="utf-8")
    header, *lines = csv.reader(text.splitlines())
    assert len(set(header)) == len(header)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in header)
    assert {len(line) for line in lines} == {len(header)}
    assert all(cell != "" for line in lines for cell in line)
    failed = dict(zip(header, lines[0], strict=True))
    assert (failed["status"], failed["probability"], failed["verdict"]) == ("failed", "NA", "NA")
    assert dict(zip(header, lines[1], strict=True))["group_note"] == 'a, "b"'


def test_pandas_polars_and_arrow_read_the_same_numbers(done: BatchRun) -> None:
    import pandas
    from pyarrow import parquet

    stored = parquet.read_table(done.paths[0])
    frame = pandas.read_csv(done.paths[2], dtype={"group_plant_no": str})
    assert list(frame.columns) == stored.column_names
    for column in done.table.columns:
        values = done.table.column(column.name)
        assert stored[column.name].to_pylist() == values
        assert stored.schema.field(column.name).metadata == {b"about": column.about.encode()}
        shown = [None if pandas.isna(value) else value for value in frame[column.name]]
        assert shown == values
    polars = pytest.importorskip("polars")
    own = polars.read_csv(done.paths[2], null_values="NA", infer_schema_length=None)
    assert own["probability"].to_list() == done.table.column("probability")
    assert polars.read_parquet(done.paths[0])["row"].to_list() == [1, 2, 3]


def test_xarray_opens_the_curves(done: BatchRun) -> None:
    import xarray

    with xarray.open_dataset(done.paths[1]) as curves:
        assert dict(curves.sizes) == {"cube": 3, "class": 3, "wavelength": 10, "band": 50}
        assert curves["cube"].values.tolist() == [1, 2, 3]
        assert curves["class"].values.tolist() == list(done.table.classes)
        assert curves["wavelength"].values[0] == 425
        assert np.isnan(curves["evidence"].sel(cube=1)).all()  # it failed
        second = done.table.curves[2]
        assert second is not None
        missing = np.isnan(curves["evidence"].sel(cube=3).values)
        assert missing.all(axis=0).tolist() == [True, True, *[False] * 8]
        np.testing.assert_array_equal(
            curves["evidence"].sel(cube=3, **{"class": "right"}).values[2:], second.evidence[1]
        )
        np.testing.assert_array_equal(
            curves["spectrum_nm"].sel(cube=3).values[:40], NM[10:].astype(float)
        )
        assert np.isnan(curves["spectrum"].sel(cube=3).values[40:]).all()


def test_a_group_that_is_not_available_is_missing_in_all_files(model: Path, tmp_path: Path) -> None:
    cubes = write_cubes(tmp_path / "day", 2)
    groups = tmp_path / "groups.csv"
    groups.write_text("path,plant\nleaf00,NA\nleaf01,7\n")
    done = batch(model, tmp_path / "out", cubes, groups=groups)
    assert done.table.column("group_plant") == [None, "7"]


def test_names_that_become_equal_stay_apart() -> None:
    assert list(distinct("p_", ["leaf spot", "Leaf-spot", "Ω"]).values()) == [
        "p_leaf_spot",
        "p_Leaf_spot_2",
        "p_x",
    ]


def test_the_document_has_every_column() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [
        column.name
        for column in columns_of((), ())
        if not column.name.startswith(("index_", "share_", "peak_"))
        and f"`{column.name}`" not in text
    ]
    assert missing == []


def test_the_document_reads_its_table_and_curves(
    done: BatchRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    (code,) = re.findall(r"```python\n(import pandas.*?)```", DOCUMENT.read_text("utf-8"), re.S)
    decided = next(row["decided"] for row in done.rows if row["decided"])
    monkeypatch.chdir(done.paths[0].parent)
    exec(code.replace("chlorosis", decided).replace("study/", ""), {})  # noqa: S102 - our own


def test_the_python_interface_gives_rows_columns_curves_and_paths(
    model: Path, tmp_path: Path
) -> None:
    import focus_viewer as fv

    paths = [write_cube(tmp_path, f"leaf{seed}", seed) for seed in (1, 2)]
    done = fv.batch(paths, tmp_path / "out", model=model, device="cpu")
    assert isinstance(done, fv.BatchRun)
    assert [row["label"] for row in done.rows] == done.columns["label"].tolist()
    np.testing.assert_array_equal(
        done.columns["probability"], [row["probability"] for row in done.rows]
    )
    assert np.isnan(done.columns["area_m2"]).all()
    assert done.curves["evidence"].shape == (2, 3, 10)
    assert [path.name for path in done.paths] == ["cubes.parquet", "curves.nc", "cubes.csv"]
    assert "2 rows, 0 failed" in repr(done)
    again = fv.batch(paths[0], tmp_path / "out", model=model, device="cpu")
    assert (again.reused, again.rows) == (1, done.rows[:1])
    # The package of the function's name has been imported, and is still the function.
    assert callable(fv.batch) and callable(fv.explain)
