"""What inputs name: each cube once, and what cannot be opened by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from batch_cases import write_cube, write_cubes
from envi_bytes import write_envi

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.work_list import WorkList, work_list
from focus_viewer.core.errors import FocusError


def names(found: WorkList) -> list[str]:
    return [item.path.name for item in found.items]


def test_a_folder_gives_its_cubes_and_says_what_it_left_out(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 2)
    write_cube(folder, "darkReference")
    classes = np.zeros((4, 4, 1), np.uint8)
    write_envi(
        folder,
        classes,
        {"file type": "ENVI Classification"},
        data_name="labels.img",
        header_name="labels.hdr",
    )
    found = work_list([folder])
    assert names(found) == ["leaf00.hdr", "leaf01.hdr"]
    assert any("no cubes: labels.hdr" in note for note in found.notes)
    assert any("references or raw data: darkReference.hdr" in note for note in found.notes)


def test_a_damaged_file_is_listed_so_that_opening_it_gives_the_reason(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    (folder / "broken.hdr").write_text("ENVI\nsamples = many\n")
    (folder / "cut.tif").write_bytes(b"II*\0" + b"\xff" * 40)
    assert names(work_list([folder])) == ["broken.hdr", "cut.tif", "leaf00.hdr"]


def test_the_same_cube_is_listed_once_whatever_names_it(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 2)
    link = tmp_path / "leaf.img"
    link.symlink_to(folder / "leaf01.img")
    (tmp_path / "leaf.hdr").symlink_to(folder / "leaf01.hdr")
    found = work_list([folder, folder / "leaf00.img", str(folder / "*.hdr"), link])
    assert names(found) == ["leaf00.hdr", "leaf01.hdr"]
    again = work_list([folder / "leaf00.img"])
    assert again.items[0].key == found.items[0].key


def test_a_cube_named_alone_takes_the_wavelengths_beside_it(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    (folder / "wavelengths.csv").write_text("400\n500\n600\n")
    for named in (folder / "leaf00.hdr", str(folder / "*.hdr"), folder):
        assert work_list([named]).items[0].opening.wavelengths_nm == (400.0, 500.0, 600.0)
    table = tmp_path / "camera.csv"
    table.write_text("410\n510\n610\n")
    found = work_list([folder], wavelengths=table)
    assert found.items[0].opening.wavelengths_nm == (410.0, 510.0, 610.0)


def test_a_cube_named_twice_with_other_regions_is_noted(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    table = tmp_path / "cubes.csv"
    table.write_text("path,mask\nday/leaf00.hdr,regions.json\n")
    found = work_list([folder, table])
    assert len(found.items) == 1 and found.items[0].regions_path is None
    assert any("named twice, with other regions or settings" in note for note in found.notes)
    assert work_list([folder, folder]).notes == ()


def test_patterns_take_folders_and_files(tmp_path: Path) -> None:
    write_cubes(tmp_path / "day1", 1)
    write_cube(tmp_path, "day2_leaf")
    (tmp_path / "day3").mkdir()
    found = work_list([str(tmp_path / "day*")])
    assert names(found) == ["leaf00.hdr", "day2_leaf.hdr", "day3"]
    assert "folder without cubes" in found.items[2].problem


def test_what_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(FocusError, match="no such file"):
        work_list([tmp_path / "nothing.hdr"])
    with pytest.raises(FocusError, match="no file has such a name"):
        work_list([str(tmp_path / "*.hdr")])


def test_a_table_gives_paths_and_groups(tmp_path: Path) -> None:
    write_cubes(tmp_path / "day", 2)
    table = tmp_path / "list.csv"
    table.write_text("path;Plant;day;Line no\nday/leaf00.hdr;7;3;a\nleaf01;8;3;b\nlost.hdr;9;4;\n")
    found = work_list([table])
    assert names(found) == ["leaf00.hdr", "leaf01.hdr", "lost.hdr"]
    assert found.items[1].groups == {"plant": "8", "day": "3", "line no": "b"}
    assert found.items[2].groups == {"plant": "9", "day": "4"}
    assert "lost.hdr" in found.items[2].problem


@pytest.mark.parametrize("rows", ["leaf00.hdr,7,\nleaf00,8,\n", "leaf00,7,a.png\nleaf00,7,b.png\n"])
def test_rows_of_a_table_that_contradict_each_other_are_refused(tmp_path: Path, rows: str) -> None:
    write_cubes(tmp_path, 1)
    table = tmp_path / "list.csv"
    table.write_text(f"path,plant,mask\n{rows}")
    with pytest.raises(FocusError, match="two rows with different groups or regions"):
        work_list([table])


def test_a_table_without_a_column_of_files_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("plant,day\n1,2\n")
    with pytest.raises(FocusError, match="column of files"):
        work_list([table])


def test_groups_come_from_a_table_by_path_or_name(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 3)
    groups = tmp_path / "groups.csv"
    groups.write_text("file,plant,treatment\nday/leaf00.hdr,1,dry\nleaf01,2,wet\nleaf77,3,wet\n")
    found = work_list([folder], groups)
    assert [dict(item.groups) for item in found.items] == [
        {"plant": "1", "treatment": "dry"},
        {"plant": "2", "treatment": "wet"},
        {},
    ]
    assert any("not in this batch: leaf77" in note for note in found.notes)
    assert any("1 of 3 cubes have no row in it: leaf02.hdr" in note for note in found.notes)
    groups.write_text("file,plant\nleaf00,1\nleaf00.hdr,2\n")
    with pytest.raises(FocusError, match="two rows with different groups"):
        work_list([folder], groups)


def test_folders_named_by_class_give_the_class(tmp_path: Path) -> None:
    for name in ("rust", "healthy"):
        (tmp_path / name).mkdir()
        write_cubes(tmp_path / name / "plant1", 1)
    found = work_list([tmp_path])
    assert [dict(item.groups) for item in found.items] == [
        {"class": "healthy", "folder": "plant1"},
        {"class": "rust", "folder": "plant1"},
    ]
    assert [item.label for item in found.items] == ["healthy/plant1/leaf00", "rust/plant1/leaf00"]


def test_a_project_gives_cubes_with_their_regions_and_groups(tmp_path: Path) -> None:
    from focus_viewer.core.datasets.cube_labels import CubeLabels
    from focus_viewer.core.documents.project import Project, ProjectCube
    from focus_viewer.core.regions.annotations import Annotations
    from focus_viewer.core.regions.shapes import Rectangle
    from focus_viewer.io.project.serialising import project_bytes

    path = write_cube(tmp_path, "leaf")
    spots = Annotations().add(Rectangle((2, 2), (9, 9)), "spot", "#ff0000", "rust")
    labels = CubeLabels(("rust",), {"plant": "4"})
    saved = ProjectCube(path.with_suffix(".img"), "", (24, 20, 50), spots, labels=labels)
    lost = ProjectCube(tmp_path / "lost.img", "", (24, 20, 50))
    place = tmp_path / "study.focus.json"
    place.write_bytes(project_bytes(Project(cubes=(saved, lost)), tmp_path, {}))
    found = work_list([place])
    assert [region.name for region in found.items[0].regions] == ["spot"]
    assert found.items[0].groups == {"class": "rust", "plant": "4"}
    assert "lost.img is not there" in found.items[1].problem


def test_labels_and_groups_change_no_key_but_settings_do(tmp_path: Path) -> None:
    from dataclasses import replace

    from focus_viewer.batch.inputs.items import Opening

    item = Item(tmp_path / "leaf.hdr")
    assert replace(item, label="other", groups={"day": "3"}).key == item.key
    assert replace(item, opening=Opening(background=0.0)).key != item.key


def test_a_copy_elsewhere_is_another_cube(tmp_path: Path) -> None:
    folder = write_cubes(tmp_path / "day", 1)
    shutil.copytree(folder, tmp_path / "copy")
    assert [item.label for item in work_list([folder, tmp_path / "copy"]).items] == [
        "day/leaf00",
        "copy/leaf00",
    ]
