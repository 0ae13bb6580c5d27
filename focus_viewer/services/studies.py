"""Adapter of `focus_viewer.session.tasks.service_protocols.StudyFiles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.core.errors import FocusError, translated_errors
from focus_viewer.core.progress import Step

if TYPE_CHECKING:
    from focus_viewer.core.studies.plan import StudyPlan
    from focus_viewer.core.studies.study import Study


class BundledStudyFiles:
    """Studies that are read by `focus_viewer.io`, and reports by `focus_viewer.figures`."""

    def is_study(self, path: Path) -> bool:
        """See `StudyFiles.is_study`."""
        from focus_viewer.io.studies import study_table

        return study_table(path) is not None

    def read(self, path: Path, step: Step) -> Study:
        """See `StudyFiles.read`."""
        from focus_viewer.io.studies import read_study

        step(0.0, f"reading {path.name}")
        return read_study(path)

    def write_report(
        self, study: Study, plan: StudyPlan, folder: Path, step: Step
    ) -> Sequence[Path]:
        """See `StudyFiles.write_report`."""
        from focus_viewer.figures.study import write_study_report

        step(0.0, f"writing the report to {folder.name}")
        with translated_errors(folder, "written", FocusError):
            folder.mkdir(parents=True, exist_ok=True)
            return write_study_report(study, plan, folder)
