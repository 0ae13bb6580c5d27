"""DeepHS-Fruit v2: annotation files (JSON), and ENVI cubes named in them.

Source: the authors' repository cogsys-tuebingen/deephs_fruit, dataset/test_v2.json and the script
that wrote it. "records" state id, fruit, side, day, camera_type and files (header_file, data_file)
as Kiwi/VIS/day_04/kiwi_day_04_13_front.hdr; "annotations" state record_id, ripeness_state,
ripeness_state_fine and measurements; "cameras" state the wavelengths. Where the files are in
relation to the annotation file is not stated: the folders around it are searched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from focus_viewer.core.datasets.cube_labels import class_names
from focus_viewer.core.datasets.data_set import DataSet, DataSetError
from focus_viewer.core.errors import translated_errors
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.annotations.storage import decoded, from_json
from focus_viewer.io.datasets.gathering import Gathering, ReadingOptions
from focus_viewer.io.datasets.samples import Source, make_sample
from focus_viewer.io.storage.files import size_bytes

_LAYOUT = "DeepHS-Fruit v2"
_KEYS = frozenset(["cameras", "records", "annotations"])
_MOST_BYTES = 100_000_000
_USUAL = ("train_only_labeled_v2.json", "val_v2.json", "test_v2.json")
_ID = re.compile(r"_(\d+)_(front|back)$")


def recognises(source: Path) -> bool:
    """Return whether a file is such an annotation file, or a folder has one of the usual names."""
    return bool(_annotation_files(source))


def read(source: Path, options: ReadingOptions) -> DataSet:
    """Read the annotated records; the default class is the state of ripeness.

    Front and back, and all days and cameras, of a fruit are the group "specimen".
    """
    gathering = Gathering(source, options)
    documents = [(path, _document(path)) for path in _annotation_files(source)]
    for path, document in documents:
        _Records(gathering, path, document).read()
    return gathering.data_set(_LAYOUT)


def _annotation_files(source: Path) -> list[Path]:
    folders = (source, source / "annotations", source / "dataset")
    paths = [source]
    if source.is_dir():
        paths = [p for f in folders for n in _USUAL if (p := f / n).is_file()]
    return [path for path in paths if path.suffix.lower() == ".json" and _document(path)]


def _document(path: Path) -> dict[str, Any]:
    """Return an annotation file's content; empty if it is another JSON file."""
    if not path.is_file() or size_bytes(path) > _MOST_BYTES:
        return {}
    with translated_errors(path):
        text = decoded(path.read_bytes())
    try:
        document = from_json(text)
    except Unreadable:
        return {}
    return document if isinstance(document, dict) and document.keys() >= _KEYS else {}


class _Records:
    """Records of an annotation file."""

    def __init__(self, gathering: Gathering, path: Path, document: Mapping[str, Any]) -> None:
        self._gathering, self._path = gathering, path
        self._records = _objects(document["records"])
        self._labels = {
            label.get("record_id"): label for label in _objects(document["annotations"])
        }
        cameras = _objects(document["cameras"])
        self._nm = {camera.get("id"): _numbers(camera.get("wavelengths")) for camera in cameras}
        self._column = gathering.options.class_column or "ripeness_state"

    def read(self) -> None:
        """Read the records that have an annotation."""
        labelled = [record for record in self._records if record.get("id") in self._labels]
        for done, record in enumerate(labelled):
            with self._gathering.refusing(f"{self._path.name}, record {record.get('id')}"):
                source = self._source(record)
                self._gathering.step(done, len(labelled), source.path)
                sample = make_sample(source, self._gathering.notes)
                self._gathering.samples.append(sample)
        if rest := len(self._records) - len(labelled):
            self._gathering.note(f"{self._path.name}: {rest} records have no annotation.")

    def _source(self, record: Mapping[str, Any]) -> Source:
        files = record.get("files")
        stored = files.get("header_file") if isinstance(files, dict) else None
        if not isinstance(stored, str):
            raise DataSetError("expected files with a header_file, found none. Correct the record.")
        label = self._labels[record.get("id")]
        value = label.get(self._column, record.get(self._column))
        classes = class_names(str(value)) if isinstance(value, str | int) else ()
        if not classes or classes == ("unknown",):
            raise DataSetError(f"expected a {self._column}, found {value!r}. Leave it out.")
        groups = {
            "specimen": _specimen(record, stored),
            "fruit": str(record.get("fruit", "")),
            "side": str(record.get("side", "")),
            "day": str(record.get("day", "")),
            "camera": str(record.get("camera_type", "")),
            "set": self._path.stem,
        }
        nm = self._nm.get(record.get("camera_type"))
        return Source(self._find(stored), classes, groups=groups, wavelengths_nm=nm)

    def _find(self, stored: str) -> Path:
        folder = self._path.parent
        for root in (folder, folder.parent, folder.parent.parent):
            if (path := root / stored).is_file():
                return path
        raise DataSetError(
            f"there is no file {stored} in {folder} or the two folders above it. Unpack the "
            "fruit's archive there."
        )


def _specimen(record: Mapping[str, Any], stored: str) -> str:
    """Return a name of the fruit itself: kind, measurement series and number.

    Numbers count in each series, and its days are named by it: day_03, day_m2_03, day_3_m3.
    """
    match = _ID.search(Path(stored).stem)
    series = re.search(r"m(\d+)", str(record.get("day", "")))
    number = match[1] if match else Path(stored).stem
    return f"{record.get('fruit', '')} series {series[1] if series else 1} no. {number}"


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _numbers(value: object) -> tuple[float, ...] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    numbers = [item for item in value if isinstance(item, int | float)]
    return tuple(map(float, numbers)) if numbers and len(numbers) == len(value) else None
