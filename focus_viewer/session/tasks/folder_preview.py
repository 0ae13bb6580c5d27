"""Files of a folder, looked at one after the other while the user chooses."""

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
from focus_viewer.session.tasks.protocols import READ_PATIENCE_S, Runner, Services, Task

BROWSE = "browse"
THUMBNAIL_PX = 192

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen of a file.

    Attributes
    ----------
    report : CubeReport
    picture : ByteArray, shape (height, width, 3), or None
    asks : bool
        Whether it can be opened once the user has said which of its arrays is the cube.
    """

    report: CubeReport
    picture: ByteArray | None = None
    asks: bool = False

    @property
    def openable(self) -> bool:
        """Whether opening it leads anywhere."""
        return self.report.ok or self.asks


class Browsing:
    """Looks at files in the background.

    Parameters
    ----------
    runner : Runner
    services : Services
    """

    def __init__(self, runner: Runner, services: Services) -> None:
        self._runner = runner
        self._services = services

    def look(self, path: Path, done: Callable[[Look], None]) -> None:
        """Look at a file and tell what was seen, unless another is looked at first.

        Of a file that opens but takes too long to be pictured, the report alone is told.
        """
        reports: list[CubeReport] = []

        def failed(error: Exception) -> None:
            if isinstance(error, Cancelled):
                return
            if not isinstance(error, Stalled):
                _log.error("could not look at %s", path, exc_info=error)
            stalled_late = isinstance(error, Stalled) and reports
            done(Look(reports[0] if stalled_late else error_report(path, error)))

        task = Task(
            lambda step: self._seen(path, step, reports.append),
            done,
            failed,
            patience_s=READ_PATIENCE_S,
            about=str(path),
        )
        self._runner.submit(BROWSE, task)

    def stop(self) -> None:
        """Look no more."""
        self._runner.cancel(BROWSE)

    def _seen(self, path: Path, step: Step, opened: Callable[[CubeReport], None]) -> Look:
        step(0.0, "reading")
        try:
            cube = self._services.read_cube(path)
            report = report_of(path, cube)
            opened(report)
            step(0.5, "making a thumbnail")
            return Look(report, thumbnail(cube, THUMBNAIL_PX))
        except NeedsChoice as error:
            return Look(error_report(path, error), asks=True)
        except FocusError as error:
            return Look(error_report(path, error))
