"""Class folders, label files beside cubes, scenes with ground truth, and projects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile
from capture_cases import PANEL, make_capture
from data_set_files import SHAPE, fields, pixels, write_cube
from envi_bytes import write_envi
from PIL import Image
from scipy.io import savemat

from focus_viewer.assets import folder
from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.datasets.splits import split_folds
from focus_viewer.core.documents.project import Project, ProjectCube
from focus_viewer.core.preprocessing.settings import (
    Preprocessing,
    WhiteAndDark,
    as_read,
    preprocessing_of,
    reference_fingerprints_of,
)
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io import read_cube
from focus_viewer.io.annotations import write_annotations
from focus_viewer.io.datasets import open_sample, read_data_set
from focus_viewer.io.project import fingerprint, write_project
from focus_viewer.io.project.reading import read_document
from focus_viewer.io.references.calibration import apply_preprocessing


def shared_out(data: DataSet) -> list[tuple[tuple[str, ...], int]]:
    return [(example.classes, example.pixels) for example in data.examples]


def test_folders_of_subsets_are_no_classes(tmp_path: Path) -> None:
    for seed, place in enumerate(["train/rust", "train/healthy", "test/rust"]):
        write_cube(tmp_path / place, "a", seed)
    data = read_data_set(tmp_path)
    assert [(s.classes, s.groups["set"]) for s in data.samples] == [
        (("rust",), "test"),
        (("healthy",), "train"),
        (("rust",), "train"),
    ]


def test_a_single_class_folder_is_read_but_teaches_nothing(tmp_path: Path) -> None:
    write_cube(tmp_path / "rust", "a", seed=1)
    data = read_data_set(tmp_path)
    assert data.classes == ("rust",)
    assert any("one class folder only, rust" in note for note in data.notes)
    with pytest.raises(DataSetError, match="at least two classes, found only 'rust'"):
        data.validate()
    (tmp_path / "rust").rename(tmp_path / "capture")
    with pytest.raises(DataSetError, match="known layout"):
        read_data_set(tmp_path)


def test_classes_that_differ_in_capitals_only_are_noted(tmp_path: Path) -> None:
    for seed, place in enumerate(["rust", "Rust", "healthy"]):
        write_cube(tmp_path / place, f"a{seed}", seed)
    data = read_data_set(tmp_path)
    assert data.classes == ("healthy", "Rust", "rust")
    assert data.notes[-1].startswith("'Rust' and 'rust' are different classes")


def test_a_class_of_one_camera_is_noted(tmp_path: Path) -> None:
    for seed, (place, bands) in enumerate(
        [("rust", 6), ("healthy", 6), ("healthy", 5), ("dry", 4)]
    ):
        if place == "dry":
            assert not any("camera" in note for note in read_data_set(tmp_path).notes)
        nm = f"{{{', '.join(str(450 + 50 * band) for band in range(bands))}}}"
        (tmp_path / place).mkdir(exist_ok=True)
        write_envi(
            tmp_path / place,
            pixels(seed)[..., :bands],
            {"wavelength": nm, "wavelength units": "nm"},
            data_name=f"a{seed}.img",
            header_name=f"a{seed}.hdr",
        )
    assert read_data_set(tmp_path).notes[-1].startswith("No other class is in cubes with the bands")


def test_references_and_raw_data_of_a_camera_are_left_out(tmp_path: Path) -> None:
    for seed, name in enumerate(["rust/1972", "healthy/1980"]):
        capture, number = tmp_path / name / "capture", name[-4:]
        for place, stem in enumerate([number, f"DARKREF_{number}", f"WHITEREF_{number}"]):
            write_cube(capture, stem, 10 * seed + place)
        write_cube(tmp_path / name / "results", f"REFLECTANCE_{number}", 10 * seed + 3)
    write_cube(tmp_path / "healthy", "white_leaf", 30)
    data = read_data_set(tmp_path)
    assert [s.path.stem for s in data.samples] == [
        *("white_leaf", "REFLECTANCE_1980", "REFLECTANCE_1972"),
    ]
    assert "DARKREF_1972.hdr is a reference or raw data and was left out." in data.notes


FIELDS = [(("class 1",), 12), (("class 1",), 12), (("class 2",), 12)]


def test_folders_named_by_class(tmp_path: Path) -> None:
    write_cube(tmp_path / "rust" / "plant 1", "a", 1)
    write_cube(tmp_path / "rust" / "plant 2", "a", 2)
    write_cube(tmp_path / "healthy", "b", 3)
    write_cube(tmp_path / "healthy" / ".hidden", "x", 4)
    write_cube(tmp_path, "stray", 5)
    (tmp_path / "notes").mkdir()
    data = read_data_set(tmp_path)
    assert [(s.path.stem, s.classes, dict(s.groups)) for s in data.samples] == [
        ("b", ("healthy",), {}),
        ("a", ("rust",), {"folder": "plant 1"}),
        ("a", ("rust",), {"folder": "plant 2"}),
    ]
    assert "stray.hdr is in no class folder and was left out." in data.notes


@pytest.mark.parametrize("ending", ["_labels.tif", "_mask.png", "_gt.npy", "_gt.mat", "_gt.hdr"])
def test_label_rasters_beside_cubes(tmp_path: Path, ending: str) -> None:
    write_cube(tmp_path, "leaf", 1)
    write_cube(tmp_path, "other", 2)
    path = tmp_path / f"leaf{ending}"
    names = ("class 1", "class 2")
    if path.suffix == ".tif":
        tifffile.imwrite(path, fields().astype("f4"))
    elif path.suffix == ".png":
        Image.fromarray(fields()).save(path)
    elif path.suffix == ".npy":
        np.save(path, fields())
    elif path.suffix == ".mat":
        savemat(path, {"leaf_gt": fields(), "leaf_size": np.array([[8, 10]])})
    else:
        names = ("soil", "leaf")
        entries = {"file type": "ENVI Classification", "class names": "{none, soil, leaf}"}
        labels = fields()[:, :, None]
        write_envi(tmp_path, labels, entries, data_name="leaf_gt.img", header_name=path.name)
    data = read_data_set(tmp_path)
    assert shared_out(data) == [((names[int(c[0][-1]) - 1],), n) for c, n in FIELDS]
    assert [s.path.name for s in data.samples] == ["leaf.hdr"]
    assert "other.hdr has no label file beside it and was left out." in data.notes
    splits = split_folds(data, 2)
    assert (splits.by, splits.units) == ("region", 3)


def test_a_label_raster_on_another_map_grid_is_resampled(tmp_path: Path) -> None:
    map_info = "{{UTM, 1, 1, 500000, 5800000, {0}, {0}, 33, North, WGS-84}}"
    entries = {"wavelength": "{450, 500, 550, 600, 650, 700}", "map info": map_info.format(3)}
    write_envi(tmp_path, pixels(1), entries, data_name="plot.img", header_name="plot.hdr")
    finer = np.kron(fields(), np.ones((3, 3), dtype=np.uint8))[:, :, None]
    names = {"file type": "ENVI Classification", "class names": "{grass, soil, leaf}"}
    entries = {**names, "map info": map_info.format(1)}
    write_envi(tmp_path, finer, entries, data_name="plot_gt.img", header_name="plot_gt.hdr")
    data = read_data_set(tmp_path)
    assert shared_out(data)[:3] == [(("soil",), 12), (("soil",), 12), (("leaf",), 12)]
    assert shared_out(data)[3][0] == ("grass",)  # a class that 0 stands for
    assert any("resampled to the pixels of the cube" in note for note in data.notes)


def test_the_sample_leaf_and_its_truth() -> None:
    data = read_data_set(folder("resources") / "leaf.hdr")
    pixels_of = {name: count.pixels for name, count in data.counts.items()}
    assert pixels_of == {
        "bacterial spot": 714,
        "healthy": 3861,
        "structure": 123,
        "water stress": 955,
    }


def test_regions_of_a_file_beside_the_cube(tmp_path: Path) -> None:
    header = write_cube(tmp_path, "leaf", 1)
    regions = Annotations().add(Rectangle((0, 0), (4, 2)), "spot", "#ff0000", "rust;mildew")
    regions = regions.add(Rectangle((5, 0), (8, 2)), "plain", "#00ff00")
    regions = regions.add(Rectangle((-9, 0), (-5, 2)), "off", "#0000ff")
    write_annotations(tmp_path / "leaf.geojson", regions, SHAPE[:2])
    for source in (tmp_path, header):
        data = read_data_set(source)
        assert shared_out(data) == [(("rust", "mildew"), 8)]
        assert any("1 of 3 regions have no pixel on the image" in note for note in data.notes)
        assert any("2 regions have no class and were left out" in note for note in data.notes)


def test_images_and_labels_in_folders_of_their_own(tmp_path: Path) -> None:
    write_cube(tmp_path / "images", "tile_1", 1)
    write_cube(tmp_path / "images", "tile_2", 2)
    (tmp_path / "labels").mkdir()
    tifffile.imwrite(tmp_path / "labels" / "tile_1.tif", fields())
    tifffile.imwrite(tmp_path / "labels" / "tile_2.tif", fields().T)
    (tmp_path / "classes.txt").write_text("roof\npavement\n")
    data = read_data_set(tmp_path)
    assert shared_out(data) == [(("roof",), 12), (("roof",), 12), (("pavement",), 12)]
    assert "tile_2.hdr was left out:" in data.notes[1]
    assert "expected 8 rows and 10 columns" in data.notes[1]


@pytest.mark.parametrize("kind", ["mat", "npy"])
def test_a_scene_whose_axes_the_ground_truth_declares(tmp_path: Path, kind: str) -> None:
    scene = pixels(1, (8, 10, 30))
    if kind == "mat":
        savemat(tmp_path / "Indian_pines.mat", {"indian_pines": pixels(2, (8, 10, 33))})
        savemat(tmp_path / "Indian_pines_corrected.mat", {"indian_pines_corrected": scene})
        savemat(tmp_path / "Indian_pines_gt.mat", {"indian_pines_gt": fields()})
    else:
        np.save(tmp_path / "Indian_pines_corrected.npy", scene)
        np.save(tmp_path / "Indian_pines_gt.npy", fields())
    data = read_data_set(tmp_path)
    assert shared_out(data) == FIELDS
    sample = data.samples[0]
    assert sample.shape == (8, 10, 30)
    assert sample.choice is not None and sample.choice.axes == ("rows", "cols", "bands")
    assert (open_sample(sample).block(slice(None), slice(None)) == scene).all()
    alone = read_data_set(sample.path)
    assert alone.fingerprint == data.fingerprint


def test_ground_truth_of_matlab_7(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "leaf_gt.mat", "w") as file:
        stored = file.create_dataset("gt", data=fields().T)
        stored.attrs["MATLAB_class"] = np.bytes_("uint8")
    write_cube(tmp_path, "leaf")
    assert shared_out(read_data_set(tmp_path)) == FIELDS


def test_wavelengths_beside_a_scene_are_sorted_with_its_bands(tmp_path: Path) -> None:
    scene = pixels(1, (8, 10, 30))
    np.save(tmp_path / "s.npy", scene)
    np.save(tmp_path / "s_gt.npy", fields())
    nm = [400.0 + 10 * n for n in range(30)]
    nm[10], nm[11] = nm[11], nm[10]
    (tmp_path / "wavelengths.txt").write_text("\n".join(map(str, nm)))
    cube = open_sample(read_data_set(tmp_path).samples[0])
    assert cube.wavelengths_nm is not None and cube.wavelengths_nm.tolist() == sorted(nm)
    assert (cube.band(10) == scene[:, :, 11]).all()


def test_each_connected_field_is_a_region_of_its_own(tmp_path: Path) -> None:
    labels = np.zeros((8, 10), dtype=np.int16)
    labels[1:4, 1:4] = labels[4:7, 4:7] = 3  # they touch at a corner only
    labels[0, 9] = -1
    np.save(tmp_path / "s_gt.npy", labels)
    write_cube(tmp_path, "s")
    assert shared_out(read_data_set(tmp_path)) == [(("class 3",), 9), (("class 3",), 9)]


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (np.zeros((8, 10)), "expected labelled pixels or regions with classes in s_gt.npy"),
        (np.full((8, 10), 0.5), "found fractions"),
        (np.ones((8, 10, 3)), "expected one array of two axes"),
    ],
)
def test_rasters_that_hold_no_labels(tmp_path: Path, labels: np.ndarray, problem: str) -> None:
    np.save(tmp_path / "s_gt.npy", labels)
    write_cube(tmp_path, "s")
    with pytest.raises(DataSetError) as refused:
        read_data_set(tmp_path / "s.hdr")
    assert problem in str(refused.value)


def project_of(tmp_path: Path) -> Path:
    cubes = []
    for seed, name in enumerate(["a", "b", "c", "d"]):
        header = write_cube(tmp_path / "cubes", name, seed)
        cube = read_cube(header)
        regions = Annotations().add(Rectangle((0, 0), (4, 2)), "spot", "#ff0000", "rust")
        regions = regions.add(Rectangle((5, 0), (8, 2)), "plain", "#00ff00")
        if name == "b":
            regions = regions.remove(1)
        assert cube.path is not None
        cubes.append(ProjectCube(cube.path, fingerprint(cube), cube.shape, regions))
    write_project(tmp_path / "leaves.focus.json", Project(tuple(cubes)))
    return tmp_path / "leaves.focus.json"


def test_a_project_with_regions_of_classes(tmp_path: Path) -> None:
    path = project_of(tmp_path)
    (tmp_path / "cubes" / "c.img").unlink()
    (tmp_path / "cubes" / "d.img").write_bytes(pixels(9).tobytes())
    data = read_data_set(path)
    assert shared_out(data) == [(("rust",), 8)]
    notes = "\n".join(data.notes)
    assert "a.img: 1 region has no class and was left out." in notes
    assert "b.img was left out: neither it nor any of its regions has a class" in notes
    assert "c.img was left out:" in notes and "is not there" in notes
    assert "d.img was left out:" in notes and "not what it was when the project was saved" in notes


def test_a_project_with_labelled_cubes(tmp_path: Path) -> None:
    path = project_of(tmp_path)
    project = read_document(path).project
    labels = CubeLabels(("healthy", "young"), {"plant": "7"})
    labelled = [replace(cube, labels=labels) for cube in project.cubes]
    labelled[2] = replace(project.cubes[2], annotations=Annotations())
    write_project(path, replace(project, cubes=tuple(labelled[:3])))
    data = read_data_set(path)
    # The classes of regions win; groups are those of the cube, whatever has the class.
    assert shared_out(data) == [(("rust",), 8), (("healthy", "young"), 80)]
    assert [dict(example.groups) for example in data.examples] == [{"plant": "7"}] * 2
    data.validate()
    notes = "\n".join(data.notes)
    assert (
        "a.img: its regions have classes, which count; its own class 'healthy; young' was" in notes
    )
    assert "c.img was left out: neither it nor any" in notes
    assert "b.img: 1 regions" not in notes


def test_a_calibrated_cube_of_a_project_is_opened_in_reflectance(tmp_path: Path) -> None:
    capture = make_capture(tmp_path / "before" / "work")
    references = WhiteAndDark(
        capture.white.with_suffix(".raw"), capture.dark.with_suffix(".raw"), None, PANEL
    )
    cube = apply_preprocessing(read_cube(capture.raw), Preprocessing(references=references))
    assert cube.path is not None
    regions = Annotations().add(Rectangle((0, 0), (2, 2)), "spot", "#ff0000", "rust")
    kept = ProjectCube(
        cube.path,
        fingerprint(as_read(cube)),
        cube.shape,
        regions,
        preprocessing=preprocessing_of(cube),
        reference_fingerprints=reference_fingerprints_of(cube),
    )
    path = tmp_path / "before" / "plant.focus.json"
    write_project(path, Project((kept,)))
    data = read_data_set(path)
    assert open_sample(data.samples[0]).units == "reflectance"
    (tmp_path / "before").rename(tmp_path / "after")
    moved = tmp_path / "after" / path.name
    assert read_data_set(moved).fingerprint == data.fingerprint
    white = next((tmp_path / "after").rglob(capture.white.with_suffix(".raw").name))
    with white.open("r+b") as file:
        file.write(b"\x10\x01")
    with pytest.raises(DataSetError, match="changed since the project was saved"):
        read_data_set(moved)


def test_folders_can_be_moved(tmp_path: Path) -> None:
    path = project_of(tmp_path / "before")
    first = read_data_set(path).fingerprint
    (tmp_path / "before").rename(tmp_path / "after")
    assert read_data_set(tmp_path / "after" / path.name).fingerprint == first


def test_an_unknown_layout_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        DataSetError, match=r"known layout of a data set: expected a project .*; HyperLeaf"
    ):
        read_data_set(tmp_path)
    with pytest.raises(DataSetError, match="no such file or folder"):
        read_data_set(tmp_path / "missing")
