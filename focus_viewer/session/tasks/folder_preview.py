"""Previews of the files in a folder while the user chooses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.cubes.array_choice import NeedsChoice
from focus_viewer.core.cubes.report import CubeReport, error_report, report_of
from focus_viewer.core.errors import Cancelled, FocusError, Stalled
from focus_viewer.core.pictures.thumbnail import thumbnail
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import ByteArray
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import BROWSE
from focus_viewer.session.tasks.service_protocols import CubeFiles

THUMBNAIL_PX = 192

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class FilePreview:
    """Preview of a file, with a picture of shape (height, width, 3) if it can be read.

    A file that asks can be opened once the user has chosen the array of the cube.
    """

    report: CubeReport
    picture: ByteArray | None = None
    asks: bool = False

    @property
    def openable(self) -> bool:
        """Whether it can be opened."""
        return self.report.ok or self.asks


class FolderPreview:
    """Background loading of previews."""

    def __init__(self, background: Background, cubes: CubeFiles) -> None:
        self._background = background
        self._cubes = cubes

    def load(self, path: Path, done: Callable[[FilePreview], None]) -> None:
        """Load the preview of a file, unless that of another is requested first.

        A file that opens but takes too long to be pictured has a preview without picture.
        """
        reports: list[CubeReport] = []

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                return
            if not isinstance(error, Stalled):
                _log.error("could not look at %s", path, exc_info=error)
            stalled_late = isinstance(error, Stalled) and reports
            done(FilePreview(reports[0] if stalled_late else error_report(path, error)))

        self._background.submit(
            BROWSE,
            lambda step: self._seen(path, step, reports.append),
            done,
            reads=path,
            failed=failed,
        )

    def stop(self) -> None:
        """Stop loading."""
        self._background.cancel(BROWSE)

    def _seen(self, path: Path, step: Step, opened: Callable[[CubeReport], None]) -> FilePreview:
        step(0.0, "reading")
        try:
            cube = self._cubes.read_cube(path)
            report = report_of(path, cube)
            opened(report)
            step(0.5, "making a thumbnail")
            return FilePreview(report, thumbnail(cube, THUMBNAIL_PX))
        except NeedsChoice as error:
            return FilePreview(error_report(path, error), asks=True)
        except FocusError as error:
            return FilePreview(error_report(path, error))
