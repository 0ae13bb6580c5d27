"""Entries of a header that are read, and those that are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from envi_bytes import write_envi

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.io import read_cube
from focus_viewer.io.formats.envi import reader as envi_reader
from focus_viewer.io.metadata.header import KNOWN_ENTRIES, Header, read_header


class Watched(Mapping[str, str]):
    """Entries that remember which of them were asked for."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = entries
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.entries[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def test_every_entry_that_is_asked_for_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Watched] = []

    def watched(path: Path) -> Header:
        header = read_header(path)
        seen.append(Watched(header.entries))
        return Header(header.path, seen[-1])

    monkeypatch.setattr(envi_reader, "read_header", watched)
    read_cube(write_envi(tmp_path, None, {}))
    assert {"samples", "bbl", "data gain values", "map info", "tint"} <= seen[0].asked
    assert seen[0].asked <= KNOWN_ENTRIES


def test_entries_that_nobody_knows_are_named(tmp_path: Path) -> None:
    one = read_cube(write_envi(tmp_path, None, {"fps": "50", "sensor type": "X", "himg": "2"}))
    assert one.unused == ("fps", "himg")
    assert not any("fps" in note for note in one.notes)


@pytest.mark.parametrize(
    "entries",
    [
        {"bbl": "{1, 0}"},
        {"bbl": "{0, 0, 0, 0, 0}"},
        {"default bands": "{9, 2, 1}"},
        {"default bands": "red"},
        {"wavelength": "{1, 2}"},
        {"wavelength": "{5, 5, 5, 5, 5}"},
        {"wavelength": "{1, 2, 3, 4, 5}", "wavelength units": "Index"},
        {"data ignore value": "none"},
        {"reflectance scale factor": "0"},
        {"data gain values": "{1, 2}"},
        {"data gain values": "{a}"},
        {"reflectance scale factor": "10", "data gain values": "{1}"},
    ],
)
def test_what_a_header_says_in_vain_is_ignored(tmp_path: Path, entries: dict[str, str]) -> None:
    one = read_cube(write_envi(tmp_path, None, entries))
    assert len(one.ignored) == 1
    assert one.ignored[0] not in one.assumed


@pytest.mark.parametrize(
    "entries",
    [
        {"wavelength": "{450, 550, 650, 750, 850}"},
        {"wavelength": "{5, 4, 3, 2, 1}", "wavelength units": "um"},
        {"default bands": "{0, 1, 2}"},
        {"wavelength": "{0.4, 0.5, 0.6, 0.7, 0.8}", "wavelength units": "nm"},
    ],
)
def test_what_is_guessed_or_put_right_is_assumed(tmp_path: Path, entries: dict[str, str]) -> None:
    one = read_cube(write_envi(tmp_path, None, entries))
    assert one.assumed
    assert one.ignored == ()
    assert not any(isinstance(note, Ignored) for note in one.assumed)
