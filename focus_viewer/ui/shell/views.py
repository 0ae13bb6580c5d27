"""Views of the main window, which need plots and OpenGL: loaded once the window is painted."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.image.image_area import ImageArea
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.metadata_panel import MetadataPanel
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.regions.panel import RegionPanel
from focus_viewer.ui.shell.dialogs import Dialogs
from focus_viewer.ui.teaching.panel import TeachPanel
from focus_viewer.ui.volume.volume_view import VolumeView


def build_views(
    session: Session, workbench: Workbench, dialogs: Dialogs
) -> Iterator[tuple[str, QWidget]]:
    """Build the views one by one, each with the name that the window has for it."""
    yield "image_area", ImageArea(session, workbench)
    yield "curve_view", CurveView(session, workbench)
    yield "volume_view", VolumeView(session, workbench)
    yield "region_panel", RegionPanel(session)
    yield "metadata_panel", MetadataPanel(session, dialogs.give_values)
    yield (
        "class_panel",
        ClassPanel(
            session, workbench, dialogs.give_values, dialogs.add_model, dialogs.compare_models
        ),
    )
    yield "trust_panel", TrustPanel(session, workbench)
    yield "teach_panel", TeachPanel(session, workbench)
