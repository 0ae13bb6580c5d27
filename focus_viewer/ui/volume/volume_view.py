"""Volume view: the saliency volume in 3D, or its projection without OpenGL."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from focus_viewer.core.counted import counted
from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.wording import position_text, saliency_title
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.display import VolumeMethod
from focus_viewer.session.state.state import Change, State
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.volume.fallback import VolumeProjection
from focus_viewer.ui.volume.gl_support import gl_support
from focus_viewer.ui.volume.picking import Voxel
from focus_viewer.ui.volume.scene import VolumeScene
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, show_all, show_touched
from focus_viewer.ui.widgets.captions import WITHHELD, Caption
from focus_viewer.ui.widgets.colourmaps import name_for
from focus_viewer.ui.widgets.focus_ring import FocusRing
from focus_viewer.ui.widgets.labels import button, label

_METHODS: Final[dict[VolumeMethod, str]] = {"translucent": "Translucent", "mip": "Maximum (MIP)"}
_STEP_DEG: Final = 5.0
_TURNS: Final = {
    Qt.Key.Key_Left: (-_STEP_DEG, 0.0),
    Qt.Key.Key_Right: (_STEP_DEG, 0.0),
    Qt.Key.Key_Up: (0.0, _STEP_DEG),
    Qt.Key.Key_Down: (0.0, -_STEP_DEG),
}
_ZOOMS: Final = {Qt.Key.Key_Plus: 0.9, Qt.Key.Key_Equal: 0.9, Qt.Key.Key_Minus: 1 / 0.9}
_KEYS: Final = frozenset((*_TURNS, *_ZOOMS))
_EMPTY = "The saliency volume appears when the cube is explained"
_FAILED = "No saliency volume: the cube could not be explained"
_WITHOUT_GL = "3D needs OpenGL, which this display lacks: maximum projection instead"
_HINT = "Click a voxel to select its wavelength and pixel; drag to turn, wheel to zoom"
_FLAT_HINT = "Click a pixel to select it and the wavelength of its strongest saliency"


class VolumeView(QWidget):
    """View of the saliency volume of the state.

    Attributes
    ----------
    menu_wanted : signal of QPoint
        Place on the screen where the user wants a menu.
    """

    menu_wanted = Signal(QPoint)

    def __init__(
        self,
        session: Session,
        workbench: Workbench,
        parent: QWidget | None = None,
        built: VolumeScene | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        support = gl_support()
        self.method = QComboBox()
        self.reset = button("Reset view")
        self.caption = Caption()
        self.notice = label(_WITHOUT_GL, "small")
        self.notice.setToolTip(support.problem)
        self.empty = label(_EMPTY, "muted", wrapped=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body = VolumeProjection() if support.problem else built or VolumeScene(support)
        self.pages = QStackedWidget()
        self._lay_out(flat=bool(support.problem))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.ring = FocusRing(self)
        self._listen()
        self._parts = self._make_parts()
        session.changed.connect(self._on_changed)
        show_all(self._parts, session.state)

    def _make_parts(self) -> tuple[Binding, ...]:
        def volume(document: Document) -> object:
            return document.saliency_source, document.heatmap_asked

        return (
            Binding(
                self._show_header,
                lambda state: state.view.display,
                lambda document: (volume(document), document.outcome),
            ),
            Binding(self._show_volume, lambda state: state.view.display, volume),
            Binding(self._show_camera, lambda state: state.view.display, volume),
            Binding(
                self._show_picture,
                document=lambda document: (document.explanation, document.composite),
            ),
            Binding(
                self._show_window, lambda state: (state.view.display, state.view.window_nm), volume
            ),
            Binding(
                self._show_pins, document=lambda document: (document.explanation, document.pins)
            ),
        )

    def _lay_out(self, flat: bool) -> None:
        for method, name in _METHODS.items():
            self.method.addItem(name, method)
        self.method.setToolTip("Rendering method of the volume")
        self.method.setAccessibleName("Rendering method")
        self.reset.setToolTip("Show the whole box again (Home or R)")
        self.body.setToolTip(_FLAT_HINT if flat else _HINT)
        for control in (self.method, self.reset):
            control.setHidden(flat)
        self.notice.setVisible(flat)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(self.pages, 1)

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP_PX, 6, theme.GAP_PX, 6)
        row.setSpacing(theme.GAP_PX)
        row.addWidget(self.method)
        row.addWidget(self.notice)
        row.addWidget(self.caption, 1)
        row.addWidget(self.reset)
        return row

    def _listen(self) -> None:
        self.method.activated.connect(self._choose_method)
        self.reset.clicked.connect(self.reset_view)
        self.body.picked.connect(self._select)
        self.body.posed.connect(self._keep_pose)
        if isinstance(self.body, VolumeScene):
            self.body.menu_wanted.connect(self.menu_wanted)

    # From the state

    def _on_changed(self, change: Change) -> None:
        show_touched(self._parts, change)

    def _show_header(self, state: State) -> None:
        shown = state.viewed_volume is not None
        self.method.setCurrentIndex(self.method.findData(state.view.display.volume_method))
        self.caption.setText(_caption(state.viewed_volume))
        for control in (self.method, self.reset):
            control.setEnabled(shown)
        failed = state.document is not None and state.document.outcome == "failed"
        self.empty.setText(WITHHELD if state.withheld else _FAILED if failed else _EMPTY)
        self.pages.setCurrentWidget(self.body if shown else self.empty)

    def _show_volume(self, state: State) -> None:
        if state.viewed_volume is not None:
            self.body.show_volume(
                state.viewed_volume, name_for(state.viewed_volume, state.view.display.colourmap)
            )
            self.body.show_method(state.view.display.volume_method)

    def _show_camera(self, state: State) -> None:
        if state.viewed_volume is not None:
            self.body.show_camera(state.view.display.camera)

    def _show_picture(self, state: State) -> None:
        if state.document is not None:
            self.body.show_picture(state.document.composite)

    def _show_window(self, state: State) -> None:
        if state.document is not None:
            name = position_text(state.document.cube, state.view.window_nm.center_nm)
            self.body.show_window(state.view.window_nm, name)

    def _show_pins(self, state: State) -> None:
        self.body.show_pins(state.document.pins if state.document else ())

    # To the session

    @Slot()
    def reset_view(self) -> None:
        """Show the whole box again."""
        self.body.reset_view()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Report that a menu is wanted, unless the mouse may turn the volume instead."""
        by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        if by_keys or not isinstance(self.body, VolumeScene):
            self.menu_wanted.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Take the arrows before the shortcuts of the window do."""
        early = event.type() == QEvent.Type.ShortcutOverride and self.hasFocus()
        if early and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn with the arrows, zoom with plus and minus, reset the view with Home or R."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Home, Qt.Key.Key_R):
            self.reset_view()
        elif key in _TURNS and isinstance(self.body, VolumeScene):
            self.body.turn(*_TURNS[key])
        elif key in _ZOOMS and isinstance(self.body, VolumeScene):
            self.body.zoom(_ZOOMS[key])
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _choose_method(self, index: int) -> None:
        self._session.view.set_display(
            replace(self._session.state.view.display, volume_method=self.method.itemData(index))
        )

    @Slot(object)
    def _keep_pose(self, camera: Camera | None) -> None:
        if self._session.state.viewed_volume is not None:
            self._session.view.set_display(replace(self._session.state.view.display, camera=camera))

    @Slot(object)
    def _select(self, voxel: Voxel) -> None:
        self._session.view.set_window(voxel.nm)
        self._session.pins.toggle(voxel.row, voxel.col)


def _caption(volume: SaliencyVolume | None) -> str:
    if volume is None:
        return ""
    rows, cols, groups = volume.values.shape
    return f"{saliency_title(volume)}, {counted(groups, 'group')} × {rows} × {cols} cells"
