"""Label files beside cubes, found by their names.

Beside NAME.* (ENVI: NAME.hdr) stand NAME_labels.*, NAME_mask.*, NAME_gt.* and the like, or
NAME.geojson and NAME.roi; in folders, images/NAME.* and labels/NAME.*. Scenes with ground truth are
the same: Indian_pines_corrected.mat and Indian_pines_gt.mat, WHU_Hi_LongKou.mat and
WHU_Hi_LongKou_gt.mat.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.datasets.class_list import read_class_list
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.labels import RASTER_SUFFIXES, REGION_SUFFIXES, LabelFile
from focus_viewer.io.datasets.references import split_references
from focus_viewer.io.datasets.samples import Source, make_sample
from focus_viewer.io.datasets.wavelengths import read_wavelengths
from focus_viewer.io.folder import find_cubes

_LAYOUT = "cubes with label files beside them"
_LABELS = re.compile(
    r"(?P<stem>.+?)[_\-. ](gt|truth|labels?|masks?|ground_?truth|annotations?|regions?|rois?)",
    re.IGNORECASE,
)
_SUFFIXES = (*RASTER_SUFFIXES, *REGION_SUFFIXES)
_SAME_NAME = (".geojson", ".roi")
_LABEL_FOLDERS = ("labels", "label", "masks", "mask", "gt", "ground_truth", "annotations")
_IMAGE_FOLDERS = ("images", "image", "cubes", "data")


def recognises(source: Path) -> bool:
    """Return whether a folder has cubes with label files, or a file is such a cube."""
    if source.is_dir():
        return bool(_folder_pairs(source)[0])
    return source.is_file() and bool(_labels_near(source))


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read cubes whose labels stand beside them; each connected field of a raster is a region."""
    gathering = Gathering(source, options)
    if source.is_dir():
        listed, nm = read_class_list(source), read_wavelengths(source)
        pairs, left = _folder_pairs(source)
    else:
        folders = source.parent, source.parent.parent
        listed = read_class_list(folders[0]) or read_class_list(folders[1])
        nm = read_wavelengths(*folders)
        pairs, left = [(source, _labels_near(source))], []
    for done, (cube, labels) in enumerate(pairs):
        gathering.step(done, len(pairs), cube)
        with gathering.refusing(cube.name):
            files = tuple(LabelFile(label, listed) for label in labels)
            sample = make_sample(Source(cube, labels=files, wavelengths_nm=nm), gathering.notes)
            gathering.samples.append(sample)
    for cube in left:
        gathering.note(f"{cube.name} has no label file beside it and was left out.")
    return gathering.data_set(_LAYOUT)


def _folder_pairs(folder: Path) -> tuple[list[tuple[Path, list[Path]]], list[Path]]:
    """Return cubes with their label files, and cubes without any."""
    folders = _subfolders(folder, _IMAGE_FOLDERS)
    labels = [*_label_files(folder), *_in_label_folders(folder)]
    own = {path for _, path in labels}
    cubes = [cube for each in (folder, *folders) for cube in find_cubes(each) if cube not in own]
    pairs = [(cube, found) for cube in cubes if (found := _labels_of(cube, labels))]
    labelled = {cube for cube, _ in pairs}
    unlabelled, _ = split_references([cube for cube in cubes if cube not in labelled])
    return _scene_once(pairs), unlabelled


def _labels_near(cube: Path) -> list[Path]:
    """Return label files of a cube in its folder, and in folders for labels in or beside that."""
    folder = cube.parent
    deeper = [*_in_label_folders(folder), *_in_label_folders(folder.parent)]
    return _labels_of(cube, [*_label_files(folder), *deeper])


def _label_files(folder: Path) -> list[tuple[str, Path]]:
    """Return files with the ending of labels, with the stem of their cube."""
    found = []
    for path in _files(folder):
        suffix = path.suffix.lower()
        match = _LABELS.fullmatch(path.stem)
        if match and suffix in _SUFFIXES:
            found.append((match["stem"], path))
        elif suffix in _SAME_NAME:
            found.append((path.stem, path))
    return found


def _in_label_folders(folder: Path) -> list[tuple[str, Path]]:
    """Return files in folders for labels, whose cubes have the same stem."""
    found = []
    for each in _subfolders(folder, _LABEL_FOLDERS):
        for path in _files(each):
            if path.suffix.lower() in _SUFFIXES:
                match = _LABELS.fullmatch(path.stem)
                found.append((match["stem"] if match else path.stem, path))
    return found


def _labels_of(cube: Path, labels: Iterable[tuple[str, Path]]) -> list[Path]:
    """Return label files of a cube's name, else of a scene's that it is a version of."""
    stem = cube.stem.lower()
    others = [(name.lower(), path) for name, path in labels if path != cube]
    same = _once([path for name, path in others if name == stem])
    return same or _once([path for name, path in others if stem == f"{name}_corrected"])


def _once(paths: list[Path]) -> list[Path]:
    """Return one file of each name: others, such as a JSON file beside a raster, describe it."""
    by_name: dict[tuple[Path, str], Path] = {}
    for path in sorted(paths, key=lambda path: _SUFFIXES.index(path.suffix.lower())):
        by_name.setdefault((path.parent, path.stem), path)
    return sorted(by_name.values())


def _scene_once(pairs: Sequence[tuple[Path, list[Path]]]) -> list[tuple[Path, list[Path]]]:
    """Leave out a scene whose corrected version has the same labels."""
    corrected = {tuple(labels) for cube, labels in pairs if cube.stem.endswith("_corrected")}
    return [
        (cube, labels)
        for cube, labels in pairs
        if cube.stem.endswith("_corrected") or tuple(labels) not in corrected
    ]


def _subfolders(folder: Path, names: Sequence[str]) -> list[Path]:
    with translated_errors(folder):
        return [path for path in sorted(folder.iterdir()) if path.is_dir() and _named(path, names)]


def _named(path: Path, names: Sequence[str]) -> bool:
    return path.name.lower() in names


def _files(folder: Path) -> list[Path]:
    with translated_errors(folder):
        return [path for path in sorted(folder.iterdir()) if path.is_file()]
