"""Folders with a table: separators, titles, ids as text, groups, and rows that are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_set_files import fields, pixels, write_cube
from PIL import Image

from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.datasets.splits import split_folds
from focus_viewer.io import read_cube
from focus_viewer.io.datasets import open_sample, read_data_set
from focus_viewer.io.project import fingerprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(["a", "b", "c"]):
        write_cube(tmp_path / "cubes", name, seed)
    return tmp_path


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "leaves.csv"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_with_classes_and_groups(folder: Path, separator: str, encoding: str) -> None:
    rows = [
        "Path,CLASS,Plant ID,Day",
        "cubes/a.hdr,rust,1,3",
        "cubes/b.hdr,größe,2,3",
        "c,rust,2,4",
    ]
    written(folder, "\n".join(rows).replace(",", separator), encoding)
    data = read_data_set(folder)
    assert [s.classes for s in data.samples] == [("rust",), ("größe",), ("rust",)]
    assert [dict(s.groups) for s in data.samples] == [
        {"plant id": "1", "day": "3"},
        {"plant id": "2", "day": "3"},
        {"plant id": "2", "day": "4"},
    ]
    assert data.samples[0].fingerprint == fingerprint(read_cube(folder / "cubes" / "a.hdr"))
    assert data.notes == ("Read as a folder of cubes with a table.",)
    assert split_folds(data, 2, "plant id").units == 2


def test_the_table_itself_may_be_opened_and_columns_named(folder: Path) -> None:
    path = written(folder, "cube,state,bench\na,rust,1\nb,healthy,2\n")
    with pytest.raises(DataSetError, match="known layout"):
        read_data_set(folder)
    path.write_text("cube,label,state,bench\na,x,rust,1\nb,x,healthy,2\n")
    data = read_data_set(path, class_column="State", group_columns=["bench"])
    assert data.classes == ("healthy", "rust")
    assert data.samples[1].groups == {"bench": "2"}
    assert "the columns label were not used" in data.notes[1]
    with pytest.raises(DataSetError, match="expected a column 'colour', found cube, label"):
        read_data_set(path, class_column="colour")


def test_several_classes_in_a_cell(folder: Path) -> None:
    written(folder, "image,class\na,rust; mildew\nb,healthy\n")
    data = read_data_set(folder)
    assert data.samples[0].classes == ("rust", "mildew")
    assert data.classes == ("healthy", "mildew", "rust")


def test_numbers_are_text_and_only_lost_zeros_are_forgiven(tmp_path: Path) -> None:
    for name in ("00017", "0018", "18", "7", "07"):
        write_cube(tmp_path, name, int(name) + len(name))
    written(tmp_path, "image,class\n17,a\n18,b\n007,c\n")
    data = read_data_set(tmp_path)
    assert [s.path.stem for s in data.samples] == ["00017", "18"]
    assert "'007' may be any of 07.hdr, 7.hdr. Expected one file" in data.notes[1]


def test_rows_that_cannot_be_used_are_left_out_by_name(folder: Path) -> None:
    (folder / "cubes" / "c.img").write_bytes(b"cut short")
    written(folder, "file,class\na,x\nmissing,y\nc,y\n,y\nb,\nb,z\n")
    data = read_data_set(folder)
    assert [s.path.stem for s in data.samples] == ["a", "b"]
    notes = "\n".join(data.notes)
    assert "leaves.csv, line 3 was left out: there is no file 'missing'" in notes
    assert "leaves.csv, line 4 (c.hdr) was left out:" in notes
    assert "leaves.csv, line 5 was left out: expected the file of a cube, found an empty" in notes
    assert "leaves.csv, line 6 was left out: b has no class" in notes


def test_nothing_left_is_an_error_that_says_why(folder: Path) -> None:
    written(folder, "file,class\nx,a\ny,b\n")
    with pytest.raises(DataSetError) as refused:
        read_data_set(folder)
    assert "found none that can be used (2 left out)" in str(refused.value)
    assert "no file 'y'" in str(refused.value)


def test_repeated_rows_count_once_and_contradicting_ones_not_at_all(folder: Path) -> None:
    written(folder, "file,class\na,x\na,x\nb,x\nb,y\nc,y\n")
    data = read_data_set(folder)
    assert [s.path.stem for s in data.samples] == ["a", "c"]
    notes = "\n".join(data.notes)
    assert "leaves.csv, line 3 repeats line 2 and counts once." in notes
    assert "b.hdr is also in line 4: expected the same class and groups, found x and y" in notes


def test_a_column_of_label_rasters(folder: Path) -> None:
    for name, labels in (
        ("a", fields()),
        ("b", (fields() == 2) * np.uint8(255)),
        ("c", fields()[1:]),
    ):
        Image.fromarray(labels).save(folder / f"{name}_l.png")
    (folder / "classes.csv").write_text("1,soil\n2,leaf\n")
    written(folder, "image,mask,class\na,a_l.png,\nb,b_l.png,rust\nc,c_l.png,\na,no.png,\n")
    data = read_data_set(folder)
    assert [r.classes for r in data.samples[0].regions] == [("soil",), ("soil",), ("leaf",)]
    assert [r.classes for r in data.samples[1].regions] == [("rust",)]
    assert data.counts["soil"].pixels == 24 and data.counts["rust"].pixels == 12
    notes = "\n".join(data.notes)
    assert "(c.hdr) was left out:" in notes and "expected labels for 8 rows and 10" in notes
    assert "there is no label file" in notes


def test_a_mask_for_each_class_of_a_cube(folder: Path) -> None:
    for value in (1, 2):
        Image.fromarray((fields() == value).astype("u1")).save(folder / f"a_{value}.png")
    (folder / "classes.csv").write_text("id,class\n1,soil\n")
    rows = [
        "image,mask,class,plant",
        "a,a_1.png,rust,1",
        "a,a_2.png,healthy,1",
        "a,a_2.png,healthy,1",
    ]
    rows += ["b,a_1.png,rust,1", "b,a_1.png,healthy,1"]
    written(folder, "\n".join(rows))
    data = read_data_set(folder)
    assert [r.classes[0] for r in data.samples[0].regions] == ["rust", "rust", "healthy"]
    assert "leaves.csv, line 4 repeats line 2" in data.notes[1]
    assert len(data.samples) == 1 and "b.hdr is also in line 5" in data.notes[2]


def test_plants_of_one_image_are_groups_of_their_own(folder: Path) -> None:
    for number, place in enumerate([0, 3, 6]):
        mask = np.zeros((8, 10), dtype=np.uint8)
        mask[0:4, place : place + 2] = mask[5:8, place : place + 2] = 255
        Image.fromarray(mask).save(folder / f"p{number}.png")
    rows = ["image,mask,class,plant", "a,p0.png,rust,1", "a,p1.png,rust,2", "a,p2.png,healthy,3"]
    written(folder, "\n".join(rows))
    data = read_data_set(folder)
    assert len(data.samples) == 1 and len(data.examples) == 6
    assert data.counts["rust"].groups == {"plant": 2}
    splits = split_folds(data, 5, "plant")
    assert (splits.units, len(splits.folds)) == (3, 3)
    assert [r.groups["plant"] for s in data.where(plant="2").samples for r in s.regions] == [
        "2"
    ] * 2


def test_several_tables_say_which_one_it_was(folder: Path) -> None:
    (folder / "train.csv").write_text("image,class\na,x\nb,y\n")
    (folder / "test.csv").write_text("image,class\nc,x\n")
    (folder / "means.csv").write_text("band,mean\n1,3.5\n")
    data = read_data_set(folder)
    assert {s.path.stem: s.groups["table"] for s in data.samples} == {
        "a": "train",
        "b": "train",
        "c": "test",
    }


def test_titles_that_occur_twice_are_refused(folder: Path) -> None:
    path = written(folder, "image,class,Class\na,x,y\n")
    with pytest.raises(DataSetError, match="expected each title once, found 'class' twice"):
        read_data_set(path)


def test_a_sample_is_opened_again(folder: Path) -> None:
    written(folder, "image,class\na,x\n")
    cube = open_sample(read_data_set(folder).samples[0])
    assert (cube.block(slice(None), slice(None)) == pixels(0)).all()


def test_cubes_of_other_bands_are_noted(folder: Path) -> None:
    np.save(folder / "d.npy", pixels(9, (8, 10, 30)).astype("f4"))
    written(folder, "image,class\na,x\nb,x\nd,y\n")
    data = read_data_set(folder)
    notes = "\n".join(data.notes)
    # An array whose axes are not declared needs the user's choice.
    assert "different bands: 6 bands in 2 cubes, 30" in notes or "(d.npy) was left out" in notes
