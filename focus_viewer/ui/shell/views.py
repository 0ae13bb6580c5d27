"""Views of the main window, which need plots and OpenGL: loaded once the window is painted."""

from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.image.image_area import ImageArea
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.metadata_panel import MetadataPanel
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.regions.panel import RegionPanel
from focus_viewer.ui.teaching.panel import TeachPanel
from focus_viewer.ui.volume.volume_view import VolumeView

__all__ = [
    "ClassPanel",
    "CurveView",
    "ImageArea",
    "MetadataPanel",
    "RegionPanel",
    "TeachPanel",
    "TrustPanel",
    "VolumeView",
]
