"""Views of the main window, which need plots and OpenGL: loaded once the window is painted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from PySide6.QtWidgets import QWidget

from focus_viewer.core.saliency.trust import UNITS
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.curves.curve_view import CurveView
from focus_viewer.ui.curves.effect_plot import EffectPlot
from focus_viewer.ui.curves.importance_plot import ImportancePlot
from focus_viewer.ui.curves.spectra_plot import SpectraPlot
from focus_viewer.ui.image.image_area import ImageArea
from focus_viewer.ui.image.image_view import ImageView
from focus_viewer.ui.panels.class_panel import ClassPanel
from focus_viewer.ui.panels.metadata_panel import MetadataPanel
from focus_viewer.ui.panels.removal_plots import RemovalPlot
from focus_viewer.ui.panels.trust_panel import TrustPanel
from focus_viewer.ui.regions.panel import RegionPanel
from focus_viewer.ui.shell.dialogs import Dialogs
from focus_viewer.ui.teaching.panel import TeachPanel
from focus_viewer.ui.volume.gl_support import gl_support
from focus_viewer.ui.volume.scene import VolumeScene
from focus_viewer.ui.volume.volume_view import VolumeView


def build_views(
    keep: Callable[[str, QWidget], None], session: Session, workbench: Workbench, dialogs: Dialogs
) -> Iterator[None]:
    """Build the views by short steps, and have each kept by the name that the window has for it."""
    panes = []
    for second in (False, True):
        panes.append(ImageView(session, workbench, second))
        yield
    keep("image_area", ImageArea(session, workbench, (panes[0], panes[1])))
    yield
    keep("curve_view", (yield from _curve_view(session, workbench)))
    yield
    keep("volume_view", (yield from _volume_view(session, workbench)))
    yield
    keep("region_panel", RegionPanel(session))
    yield
    keep("metadata_panel", MetadataPanel(session, dialogs.give_values))
    yield
    panel = ClassPanel(
        session, workbench, dialogs.give_values, dialogs.add_model, dialogs.compare_models
    )
    keep("class_panel", panel)
    yield
    keep("trust_panel", (yield from _trust_panel(session, workbench)))
    yield
    keep("teach_panel", TeachPanel(session, workbench))
    yield


def _curve_view(session: Session, workbench: Workbench) -> Generator[None, None, CurveView]:
    importance = ImportancePlot()
    yield
    effect = EffectPlot()
    yield
    spectra = SpectraPlot()
    yield
    return CurveView(session, workbench, plots=(importance, effect, spectra))


def _volume_view(session: Session, workbench: Workbench) -> Generator[None, None, VolumeView]:
    support = gl_support()
    yield
    if support.problem:
        return VolumeView(session, workbench)
    scene = VolumeScene(support, later=True)
    yield
    yield from scene.furnishing
    return VolumeView(session, workbench, built=scene)


def _trust_panel(session: Session, workbench: Workbench) -> Generator[None, None, TrustPanel]:
    plots = {}
    for unit in UNITS:
        plots[unit] = RemovalPlot(unit)
        yield
    return TrustPanel(session, workbench, plots)
