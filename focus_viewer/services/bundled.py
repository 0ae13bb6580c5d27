"""Bundle of all services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from focus_viewer.services.explaining import BundledExplaining
from focus_viewer.services.files import (
    BundledCubeFiles,
    BundledExportFiles,
    BundledLibraryFiles,
    BundledPreprocessingFiles,
    BundledProjectFiles,
    BundledRegionFiles,
)
from focus_viewer.services.labels import BundledLabelFiles
from focus_viewer.services.models import BundledModelFiles
from focus_viewer.services.studies import BundledStudyFiles
from focus_viewer.services.window_teaching import BundledTeaching
from focus_viewer.session.tasks.service_protocols import Services

if TYPE_CHECKING:
    from focus_viewer.explain.teaching.plan import TeachingPlan


def bundled_services(paint_first_s: float = 0.0, plan: TeachingPlan | None = None) -> Services:
    """Return the services; their libraries are loaded when they are first needed.

    A window may paint for `paint_first_s` before torch is loaded: the system loads one library at a
    time, and OpenGL's driver is loaded when the panels are first shown. Models are taught by the
    plan, or by the usual one.
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
        BundledTeaching(plan),
        BundledStudyFiles(),
        BundledLibraryFiles(),
    )
