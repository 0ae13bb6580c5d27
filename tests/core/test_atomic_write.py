"""Atomic writing of files: whole or not at all, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.core.atomic_write import (
    atomic_path,
    atomic_paths,
    remove_drafts,
    write_atomically,
)

WRITER = """
import sys
from pathlib import Path
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io.annotations import write_annotations
regions = Annotations()
while True:
    regions = regions.add(Rectangle((0, 0), (4, 3)), "leaf", "#ff0080", "rust")
    write_annotations(Path(sys.argv[1]), regions, (20, 30))
    print(len(regions.regions), flush=True)
"""


@pytest.mark.parametrize("content", [b"a\r\nb", "a\r\nb", lambda file: file.write(b"a\r\nb")])
def test_bytes_text_and_callables_are_written_as_they_are(tmp_path: Path, content: object) -> None:
    write_atomically(tmp_path / "a.txt", content)  # type: ignore[arg-type]
    assert (tmp_path / "a.txt").read_bytes() == b"a\r\nb"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_the_old_file_stays_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.txt"
    write_atomically(path, "old")
    monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_in_the_block_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), atomic_path(tmp_path / "a") as draft:
        draft.write_text("half")
        draft.with_name(f"{draft.name}.aux.xml").write_text("of a library")
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_a_set_of_files_is_replaced_together(tmp_path: Path) -> None:
    data, header = tmp_path / "a.img", tmp_path / "a.hdr"
    for version in ("first", "second"):
        with atomic_paths(data, header) as drafts:
            for draft in drafts:
                draft.write_text(version)
    assert (data.read_text(), header.read_text()) == ("second", "second")
    with pytest.raises(OSError, match="second"), atomic_paths(data, header) as (first, _):
        first.write_text("third")
        raise OSError("second")
    assert (data.read_text(), header.read_text()) == ("second", "second")
    assert sorted(tmp_path.iterdir()) == [header, data]


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_drafts_of_killed_writes_are_removed(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        with atomic_path(tmp_path / name) as draft:
            draft.write_text("half")
            (tmp_path / f"{draft.name}left").write_text("half")
            kept = (tmp_path / f"{draft.name}left").read_text()
        (tmp_path / f"{draft.name}left").write_text(kept)
    remove_drafts(tmp_path / "a.txt")
    assert sum(path.name.startswith(".unfinished-") for path in tmp_path.iterdir()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.slow
def test_a_file_of_regions_survives_kills(tmp_path: Path) -> None:
    from focus_viewer.io.annotations import read_annotations

    path = tmp_path / "regions.geojson"
    chance = np.random.default_rng(5)
    for _ in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        said = [child.stdout.readline()]
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(chance.uniform(0.0, 0.1))
        child.kill()
        rest, _ = child.communicate()
        confirmed = int([*said, *rest.split()][-1])
        found = len(read_annotations(path, (20, 30)).regions)
        assert found in (confirmed, confirmed + 1)
