"""Files of every format that may not be read: an error that names them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from damage_cases import Files, chosen, good_files, put

from focus_viewer.core.errors import CubeError

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's"),
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Files]:
    """Good files of all kinds, opened once: an ordinary user may not load what is root's."""
    files = good_files(tmp_path_factory.mktemp("good"))
    for one in files.values():
        chosen(put(tmp_path_factory.mktemp("once"), one)).pixel(0, 0)
    return files


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users may enter, as pytest's own is not."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Without root's right to read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_each_file_of_each_kind(public_folder: Path, good: dict[str, Files]) -> None:
    """All in one test, as each would be opened by root first."""
    for kind, files in good.items():
        folder = public_folder / kind
        path = put(folder, files)
        for name in (next(iter(files)), list(files)[-1]):
            (folder / name).chmod(0)
            with ordinary_user(), pytest.raises(CubeError, match="cube"):
                chosen(path).block(slice(None), slice(None))
            (folder / name).chmod(0o644)


def test_taken_away_between_opening_and_reading(
    public_folder: Path, good: dict[str, Files]
) -> None:
    for kind, files in good.items():
        folder = public_folder / kind
        path = put(folder, files)
        with ordinary_user():
            cube = chosen(path)
            whole = cube.shape
        for name in files:
            (folder / name).chmod(0)
        with ordinary_user():
            try:
                assert cube.block(slice(None), slice(None)).shape == whole
            except CubeError as error:
                assert "cube" in str(error)


@pytest.mark.parametrize("kind", ["array zarr2", "array zarr3"])
def test_a_store_that_may_not_be_entered(
    public_folder: Path, good: dict[str, Files], kind: str
) -> None:
    path = put(public_folder, good[kind])
    for folder in (path, path / "cube"):
        folder.chmod(0)
        with ordinary_user(), pytest.raises(CubeError, match="cube"):
            chosen(path).pixel(0, 0)
        folder.chmod(0o755)
