"""Bundle of all services."""

from __future__ import annotations

from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.services.files import (
    BundledCubeFiles,
    BundledExportFiles,
    BundledPreprocessingFiles,
    BundledProjectFiles,
    BundledRegionFiles,
)
from focus_viewer.services.labels import BundledLabelFiles
from focus_viewer.services.models import BundledModelFiles
from focus_viewer.services.studies import BundledStudyFiles
from focus_viewer.services.window_teaching import BundledTeaching
from focus_viewer.session.tasks.service_protocols import Services


def bundled_services(paint_first_s: float = 0.0) -> Services:
    """Return the services; their libraries are loaded when they are first needed.

    A window may paint for `paint_first_s` before torch is loaded: the system loads one library at a
    time, and OpenGL's driver is loaded when the panels are first shown.
    """
    return Services(
        BundledCubeFiles(),
        BundledRegionFiles(),
        BundledExportFiles(),
        BundledPreprocessingFiles(),
        BundledProjectFiles(),
        BundledExplaining(paint_first_s),
        BundledModelFiles(),
        BundledLabelFiles(),
        BundledTeaching(),
        BundledStudyFiles(),
    )
