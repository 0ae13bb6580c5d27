"""HyperLeaf 2024, DeepHS-Fruit v2 and HYPERVIEW, from files of their layouts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from data_set_files import pixels, write_cube

from focus_viewer.core.datasets.data_set import DataSetError
from focus_viewer.core.datasets.splits import split_folds
from focus_viewer.io.datasets import open_sample, read_data_set

ALL = slice(None)


def hyperleaf(folder: Path) -> Path:
    (folder / "images").mkdir()
    rows = ["ImageId,GrainWeight,Gsw,PhiPS2,Fertilizer,Heerup,Kvium,Rembrandt,Sheriff"]
    for number, (amount, cultivar) in enumerate([("0.0", 0), ("0.5", 1), ("1.0", 1), ("0.0", 3)]):
        stack = pixels(number, (204, 5, 7)) if number % 2 else pixels(number, (5, 7, 204))
        tifffile.imwrite(folder / "images" / f"{number:05d}.tiff", stack)
        one_hot = ",".join(str(int(cultivar == place)) for place in range(4))
        rows.append(f"{number:05d},1810.5,0.21,0.66,{amount},{one_hot}")
    tifffile.imwrite(folder / "images" / "00004.tiff", pixels(9, (5, 7, 100)))
    rows += ["00004,1,1,1,0.5,1,0,0,0", "00005,1,1,1,0.5,1,0,0,0", "00000,1,1,1,0,1,1,0,0"]
    (folder / "train.csv").write_text("\n".join(rows))
    return folder


def test_hyperleaf_finds_the_spectral_axis_of_each_file(tmp_path: Path) -> None:
    data = read_data_set(hyperleaf(tmp_path))
    assert [s.classes for s in data.samples] == [("Heerup",), ("Kvium",), ("Kvium",), ("Sheriff",)]
    assert {s.shape for s in data.samples} == {(5, 7, 204)}
    assert data.samples[1].groups == {"fertilizer": "fertilizer 0.5"}
    assert {s.background for s in data.samples} == {0.0}
    for number, sample in enumerate(data.samples):
        cube = open_sample(sample)
        stored = pixels(number, (204, 5, 7)).transpose(1, 2, 0)
        if number % 2 == 0:
            stored = pixels(number, (5, 7, 204))
        assert np.allclose(cube.block(ALL, ALL), stored / 65535, atol=1e-6)
        assert cube.units == "reflectance" and cube.wavelengths_nm is not None
        assert cube.wavelengths_nm[0] == pytest.approx(397.32)
        assert cube.wavelengths_nm[-1] == pytest.approx(1003.6, abs=0.5)


def test_hyperleaf_refuses_by_row_and_knows_two_tasks(tmp_path: Path) -> None:
    data = read_data_set(hyperleaf(tmp_path), class_column="fertilizer")
    assert data.classes == ("fertilizer 0", "fertilizer 0.5", "fertilizer 1")
    assert data.samples[0].groups == {"cultivar": "Heerup"}
    notes = "\n".join(data.notes)
    assert "Read as HyperLeaf 2024, fertilizer." in notes
    assert "train.csv, line 6 was left out:" in notes and "one of them of 204 bands" in notes
    assert "train.csv, line 7 was left out: there is no file '00005'" in notes
    assert "line 8 was left out: expected a 1 for one cultivar, found 2" in notes
    assert "GrainWeight, Gsw, PhiPS2 are not classes" in notes
    with pytest.raises(DataSetError, match="expected the task cultivar or fertilizer"):
        read_data_set(tmp_path, class_column="Gsw")


def deephs(folder: Path) -> Path:
    """Write a kiwi from both sides by two cameras, another one, and an avocado of series 2."""
    cubes = [
        ("Kiwi", "front", "day_04", "VIS", "13"),
        ("Kiwi", "back", "day_04", "VIS", "13"),
        ("Kiwi", "front", "day_04", "NIR", "13"),
        ("Kiwi", "front", "day_05", "VIS", "18"),
        ("Avocado", "front", "day_m2_02", "VIS", "13"),
        ("Avocado", "front", "day_m2_02", "VIS", "14"),
    ]
    records = []
    for number, (fruit, side, day, camera, name) in enumerate(cubes):
        stem = f"{fruit.lower()}_{day}_{name}_{side}"
        path = f"{fruit}/{camera}/{day}/{stem}"
        if number != 5:
            header = write_cube((folder / path).parent, stem, number, wavelengths=False)
            header.with_suffix(".img").rename(header.with_suffix(".bin"))
        files = {"header_file": f"{path}.hdr", "data_file": f"{path}.bin"}
        records.append(
            {"id": number, "fruit": fruit, "side": side, "day": day, "camera_type": camera}
            | {"files": files}
        )
    states = ["unripe", "unripe", "unripe", "perfect", "overripe", "overripe"]
    labels = [
        {"id": 70 + n, "record_id": n, "ripeness_state": state, "ripeness_state_fine": f"{state}+"}
        for n, state in enumerate(states)
    ]
    nm = [450.0, 500.0, 550.0, 600.0, 650.0, 700.0]
    cameras = [{"id": "VIS", "wavelengths": nm}, {"id": "NIR", "wavelengths": [900.0]}]
    records.append(records[0] | {"id": 99})
    document = {"info": {}, "cameras": cameras, "records": records, "annotations": labels}
    (folder / "annotations").mkdir()
    (folder / "annotations" / "val_v2.json").write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize("inner", ["", "annotations/val_v2.json"])
def test_deephs_fruit(tmp_path: Path, inner: str) -> None:
    data = read_data_set(deephs(tmp_path) / inner)
    assert data.classes == ("overripe", "perfect", "unripe")
    assert [s.groups["specimen"] for s in data.samples] == [
        *["Kiwi series 1 no. 13"] * 3,
        "Kiwi series 1 no. 18",
        "Avocado series 2 no. 13",
    ]
    assert split_folds(data, 5, "specimen").units == 3
    assert len(data.where(camera="VIS", fruit="Kiwi").samples) == 3
    notes = "\n".join(data.notes)
    assert "val_v2.json, record 5 was left out: there is no file Avocado/VIS" in notes
    assert "1 records have no annotation" in notes


def test_deephs_wavelengths_come_from_its_cameras(tmp_path: Path) -> None:
    data = read_data_set(deephs(tmp_path), class_column="ripeness_state_fine")
    assert data.classes == ("overripe+", "perfect+", "unripe+")
    visible, near_infrared = open_sample(data.samples[0]), open_sample(data.samples[2])
    assert visible.wavelengths_nm is not None
    assert visible.wavelengths_nm.tolist() == [450, 500, 550, 600, 650, 700]
    assert near_infrared.wavelengths_nm is None  # one for six bands
    assert "kiwi_day_04_13_front.hdr has 6 bands; 1 wavelength found for it" in data.notes[1]


def hyperview(folder: Path) -> Path:
    rows = ["sample_index,P,K,Mg,pH"]
    for number, acidity in enumerate([5.1, 7.4, 6.2, 6.6, 7.0, 5.5]):
        data = pixels(number, (12, 4, 5)).astype("f4")
        outside = np.ones((12, 4, 5), dtype=bool)
        outside[:, 1:3, 1:4] = False
        np.savez(folder / f"{number}.npz", data=data, mask=outside)
        rows.append(f"{number},70,230,150,{acidity}")
    np.savez(folder / "6.npz", data=data)
    rows += ["6,70,230,150,6.0", "7,70,230,150,6.0"]
    (folder / "train_gt.csv").write_text("\n".join(rows))
    (folder / "wavelengths.csv").write_text(
        "\n".join(["band,wavelength", *(f"{n},{460 + 3.2 * n}" for n in range(12))])
    )
    return folder


def test_hyperview_takes_the_field_where_the_mask_is_false(tmp_path: Path) -> None:
    data = read_data_set(hyperview(tmp_path))
    assert [s.regions[0].classes[0] for s in data.samples] == [
        *("pH low", "pH high", "pH middle", "pH high", "pH high", "pH low"),
    ]
    assert {example.pixels for example in data.examples} == {6}
    assert {s.shape for s in data.samples} == {(4, 5, 12)}
    cube = open_sample(data.samples[3])
    assert (cube.block(ALL, ALL) == pixels(3, (12, 4, 5)).transpose(1, 2, 0)).all()
    assert cube.wavelengths_nm is not None and cube.wavelengths_nm[1] == pytest.approx(463.2)
    notes = "\n".join(data.notes)
    assert "terciles are the classes, divided at 6 and 6.46667" in notes
    assert "line 8 was left out:" in notes and "expected arrays named data and mask" in notes
    assert "line 9 was left out: there is no file '7'" in notes


def test_hyperview_other_parameters(tmp_path: Path) -> None:
    hyperview(tmp_path)
    assert read_data_set(tmp_path, class_column="Mg").classes == ("Mg low",)
    with pytest.raises(DataSetError, match="expected one of P, K, Mg, pH, found 'N'"):
        read_data_set(tmp_path, class_column="N")


def test_tomato_in_the_form_of_a_table(tmp_path: Path) -> None:
    for number in range(3):
        write_cube(tmp_path / "cubes", f"leaf_{number}", number)
    (tmp_path / "labels.csv").write_text(
        "file;class;plant;dpi\nleaf_0;healthy;1;0\nleaf_1;bls;1;4\nleaf_2;bls;2;4\n"
    )
    data = read_data_set(tmp_path)
    assert data.classes == ("bls", "healthy")
    assert data.values("dpi") == ("0", "4") and data.values("plant") == ("1", "2")
