"""Labels from a table for cubes that are open, wherever they are, and suggestions for files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from data_set_files import write_cube

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.io import read_cube
from focus_viewer.io.cube_labels.matching import KnownCubes
from focus_viewer.io.cube_labels.table_labels import is_label_table, read_table_labels
from focus_viewer.io.folder import images_at
from focus_viewer.services.labels import BundledLabelFiles

RUST, WELL = CubeLabels(("rust",), {"plant": "1"}), CubeLabels(("healthy",), {"plant": "2"})
ROWS = "image,class,plant\n"
FILES = BundledLabelFiles()


def table(folder: Path, text: str) -> Path:
    path = folder / "leaves.csv"
    path.write_text(ROWS + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rust/a.hdr", "rust"),
        ("rust\\a.hdr", "rust"),
        ("rust/a", "rust"),
        ("../leaves/well/a.img", "well"),
        ("moved/well/a.tif", "well"),
        ("b.hdr", "b"),
        ("B", "b"),
        ("b.1", "b.1"),
        ("7", "number"),
        ("c", None),
        ("well/b.hdr", "b"),
        ("elsewhere/rust/c", None),
    ],
)
def test_a_row_finds_its_cube(text: str, found: str | None) -> None:
    folder = Path("/data/leaves")
    paths = {
        "rust": folder / "rust/a.img",
        "well": folder / "well/a.img",
        "b": folder / "b.img",
        "b.1": folder / "b.1.img",
        "number": folder / "007.img",
    }
    assert KnownCubes(folder, paths).find(text) == found


def test_a_name_of_two_cubes_is_refused() -> None:
    paths = {1: Path("/x/rust/a.img"), 2: Path("/x/well/a.img")}
    with pytest.raises(DataSetError, match="may be any of /x/rust/a"):
        KnownCubes(Path("/elsewhere"), paths).find("a.hdr")


def test_open_cubes_are_labelled_by_path_name_and_content(tmp_path: Path) -> None:
    for seed, name in enumerate("abcd"):
        write_cube(tmp_path / "cubes", name, seed)
    (tmp_path / "copies").mkdir()
    for suffix in (".hdr", ".img"):  # opened under another name
        shutil.copy(tmp_path / "cubes" / f"c{suffix}", tmp_path / "copies" / f"opened{suffix}")
    opened = ("cubes/a.hdr", "cubes/b.hdr", "copies/opened.hdr")
    cubes = {number: read_cube(tmp_path / name) for number, name in enumerate(opened)}
    rows = "cubes/a.hdr,rust,1\nb,healthy,2\ncubes/c.hdr,rust,1\ncubes/d,rust,4\nx.hdr,rust,5\n"
    reading = read_table_labels(table(tmp_path, rows), cubes)
    assert dict(reading.labels) == {0: RUST, 1: WELL, 2: RUST}
    assert reading.unmatched == ((5, "cubes/d"), (6, "x.hdr"))


def test_groups_need_no_class(tmp_path: Path) -> None:
    cubes = {0: read_cube(write_cube(tmp_path, "a", 1))}
    path = tmp_path / "plants.csv"
    path.write_text("path,treatment,plant\na,dry,1\n")
    reading = read_table_labels(path, cubes)
    assert dict(reading.labels) == {0: CubeLabels((), {"treatment": "dry", "plant": "1"})}
    path.write_text("path,weight\na,1\n")
    with pytest.raises(DataSetError, match="or groups"):
        read_table_labels(path, cubes)


def test_the_file_beside_the_table_is_meant_not_another_of_its_name(tmp_path: Path) -> None:
    write_cube(tmp_path / "rust", "a", 1)
    write_cube(tmp_path / "well", "a", 2)
    cubes = {0: read_cube(tmp_path / "well" / "a.hdr")}
    reading = read_table_labels(table(tmp_path, "rust/a.hdr,rust,1\n"), cubes)
    assert not reading.labels and reading.unmatched == ((2, "rust/a.hdr"),)


def test_rows_that_contradict_each_other_are_not_used(tmp_path: Path) -> None:
    cubes = {0: read_cube(write_cube(tmp_path, "a")), 1: read_cube(write_cube(tmp_path, "b", 1))}
    rows = "a,rust,1\na.hdr,healthy,1\nb,healthy,2\nb.hdr,healthy,2\nb,,\n"
    path = table(tmp_path, rows)
    path.write_text(path.read_text().replace("plant", "plant,height").replace(",1\n", ",1,9\n"))
    reading = read_table_labels(path, cubes)
    assert dict(reading.labels) == {1: WELL}
    (problem,) = reading.left_out
    assert "Line 3: 'a.hdr' is also in line 2 with other labels" in problem
    assert reading.notes == ("The columns height were not used.",)


def test_the_class_of_a_label_file_is_not_that_of_the_whole_cube(tmp_path: Path) -> None:
    cubes = {0: read_cube(write_cube(tmp_path, "a")), 1: read_cube(write_cube(tmp_path, "b", 1))}
    path = tmp_path / "leaves.csv"
    path.write_text("image,class,plant,mask\na,rust,1,a_gt.png\nb,healthy,2,\n")
    reading = read_table_labels(path, cubes)
    assert dict(reading.labels) == {0: CubeLabels((), {"plant": "1"}), 1: WELL}
    assert "Its label files were not read" in reading.notes[0]


def test_other_tables_are_no_label_tables(tmp_path: Path) -> None:
    path = tmp_path / "spectrum.csv"
    path.write_text("nm,reflectance\n400,0.1\n")
    assert not is_label_table(path)
    spectra = tmp_path / "spectra.csv"
    spectra.write_text("name,plant,400,500\nleaf,7,0.1,0.2\n")
    assert not is_label_table(spectra)
    plants = tmp_path / "plants.csv"
    plants.write_text("file,plant\na.hdr,7\n")
    assert is_label_table(plants)
    assert not is_label_table(tmp_path / "missing.csv")
    assert is_label_table(table(tmp_path, "a,rust,1\n"))
    with pytest.raises(DataSetError, match="expected a table with a column of files"):
        read_table_labels(path, {})


def test_folders_named_by_class_suggest_labels(tmp_path: Path) -> None:
    write_cube(tmp_path / "rust" / "plant1", "a", 1)
    write_cube(tmp_path / "healthy", "b", 2)
    paths = images_at(tmp_path)
    assert [path.name for path in paths] == ["b.hdr", "a.hdr"]
    found = FILES.suggest(tmp_path, paths)
    assert found.source == "the names of folders"
    assert [found.labels[path] for path in paths] == [
        CubeLabels(("healthy",)),
        CubeLabels(("rust",), {"folder": "plant1"}),
    ]
    sets = {tmp_path / kind / name / "a.hdr" for kind in ("train", "test") for name in ("x", "y")}
    found = FILES.suggest(tmp_path, sorted(sets))
    assert {own.text for own in found.labels.values()} == {"x", "y"}


@pytest.mark.parametrize("folders", [("capture", "results"), ("rust",), ("",)])
def test_folders_of_a_capture_are_no_classes(tmp_path: Path, folders: tuple[str, ...]) -> None:
    paths = [tmp_path / folder / "a.hdr" for folder in folders]
    assert FILES.suggest(tmp_path, paths).labels == {}


def test_a_table_in_the_folder_goes_before_the_names_of_folders(tmp_path: Path) -> None:
    for seed, name in enumerate("ab"):
        write_cube(tmp_path / f"folder {name}", name, seed)
    path = table(tmp_path, "a,rust,1\nb,healthy,2\n")
    found = FILES.suggest(tmp_path, images_at(tmp_path))
    assert {place.stem: own for place, own in found.labels.items()} == {"a": RUST, "b": WELL}
    assert found.source == "leaves.csv"
    assert dict(FILES.cubes_of(path).labels) == dict(found.labels)


def test_a_large_file_is_not_looked_into(tmp_path: Path) -> None:
    path = table(tmp_path, "a,rust,1\n")
    with path.open("ab") as file:
        file.truncate(11_000_000)
    assert not is_label_table(path)
    assert FILES.suggest(tmp_path, [tmp_path / "a.hdr"]).labels == {}
