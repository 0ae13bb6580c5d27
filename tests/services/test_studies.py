"""Studies on the disk, as the window reads them and writes their reports."""

from pathlib import Path

import pytest

from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import silent
from focus_viewer.core.studies.plan import usual_plan
from focus_viewer.services.studies import BundledStudyFiles
from tests.batch_folders import write_batch

FILES = BundledStudyFiles()


def test_a_batch_is_found_read_and_reported(tmp_path: Path) -> None:
    folder = write_batch(tmp_path / "night")
    assert FILES.is_study(folder) and FILES.is_study(folder / "cubes.csv")
    assert not FILES.is_study(tmp_path) and not FILES.is_study(folder / "curves.nc")
    study = FILES.read(folder, silent)
    written = FILES.write_report(study, usual_plan(study), tmp_path / "new" / "report", silent)
    assert [path.name for path in written] == ["study.html", "study.pdf", "study.csv"]
    assert all(path.is_file() for path in written)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    study = FILES.read(write_batch(tmp_path / "night"), silent)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FocusError, match="file"):
        FILES.write_report(study, usual_plan(study), tmp_path / "file" / "report", silent)
