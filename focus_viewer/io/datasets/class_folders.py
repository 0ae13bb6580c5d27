"""Folder tree whose first folders are the classes: rust/plant1/a.hdr, healthy/b.hdr.

Where all first folders have names of subsets (train/rust/a.hdr), the classes are the second ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import CubeLabels, SuggestedLabels, class_names
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.references import split_references
from focus_viewer.io.datasets.samples import Source, make_sample
from focus_viewer.io.datasets.wavelengths import read_wavelengths
from focus_viewer.io.folder import find_cubes
from focus_viewer.io.formats.recognise import recognise_format

_LAYOUT = "folders whose names are the classes"
# Folders of one capture, and of what belongs to cubes: they name no class.
_PARTS_OF_CAPTURES = frozenset(
    ["capture", "results", "metadata", "references", "raw", "images", "cubes", "data", "labels"]
)
_SETS = frozenset(["train", "training", "val", "valid", "validation", "test", "testing"])


def recognises(source: Path) -> bool:
    """Return whether folders in a folder have cubes, in them or deeper; one may be a class too.

    A single folder is one unless its name is that of a part of a capture.
    """
    if not source.is_dir():
        return False
    found = [folder.name.lower() for folder in _class_folders(source) if _cubes(folder)]
    return len(found) > 1 or (len(found) == 1 and found[0] not in _PARTS_OF_CAPTURES)


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read the cubes of class folders; a folder between class and cube is the group "folder"."""
    gathering, nm = Gathering(source, options), read_wavelengths(source)
    cubes = []
    for folder in _class_folders(source):
        kept, left = split_references(_cubes(folder))
        cubes += [(folder, cube) for cube in kept]
        for cube in left:
            gathering.note(f"{cube.name} is a reference or raw data and was left out.")
    for done, (folder, cube) in enumerate(cubes):
        gathering.step(done, len(cubes), cube)
        between = cube.parent.relative_to(folder).as_posix()
        groups = {} if between == "." else {"folder": between}
        if folder.parent != source:
            groups["set"] = folder.parent.name
        with gathering.refusing(cube.relative_to(source).as_posix()):
            classes = class_names(folder.name)
            found = Source(cube, classes, groups=groups, wavelengths_nm=nm)
            gathering.samples.append(make_sample(found, gathering.notes))
    names = {folder.name for folder, _ in cubes}
    if len(names) == 1:
        gathering.note(
            f"There is one class folder only, {names.pop()}: two classes are needed to teach."
        )
    for cube in find_cubes(source):
        gathering.note(f"{cube.name} is in no class folder and was left out.")
    return gathering.data_set(_LAYOUT)


def suggested_from_folders(folder: Path, paths: Sequence[Path]) -> SuggestedLabels:
    """Return the classes of files below a folder by the names of its folders; none is opened."""
    parts = {path: path.relative_to(folder).parts[:-1] for path in paths}
    if all(own and own[0].lower() in _SETS for own in parts.values()):
        parts = {path: own[1:] for path, own in parts.items()}
    parts = {path: own for path, own in parts.items() if own}
    names = {own[0] for own in parts.values()}
    if len(names) < 2 or {name.lower() for name in names} <= _PARTS_OF_CAPTURES:
        return SuggestedLabels()
    labels = {path: _labels_by(own) for path, own in parts.items()}
    return SuggestedLabels(labels, "the names of folders")


def _labels_by(parts: Sequence[str]) -> CubeLabels:
    between = "/".join(parts[1:])
    return CubeLabels(class_names(parts[0]), {"folder": between} if between else {})


def _class_folders(source: Path) -> list[Path]:
    first = [folder for folder in _folders(source) if _cubes(folder)]
    if first and all(folder.name.lower() in _SETS for folder in first):
        return [inner for folder in first for inner in _folders(folder)]
    return first


def _folders(folder: Path) -> list[Path]:
    """Return the folders in a folder that are not cubes themselves (Zarr), nor hidden."""
    with translated_errors(folder):
        folders = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    return [f for f in folders if not f.name.startswith(".") and recognise_format(f) is None]


def _cubes(folder: Path) -> list[Path]:
    deeper = [cube for inner in _folders(folder) for cube in _cubes(inner)]
    return [*find_cubes(folder), *deeper]
