"""Image header: composite bands, heatmap overlay, colour map and zoom to fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, cast, get_args

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox

from focus_viewer.core.pictures.composite import CompositeRecipe, Kind
from focus_viewer.core.saliency.volume import is_signed
from focus_viewer.session.session import Session
from focus_viewer.session.state.activation import selected_band
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.ui.drawing.wand_options import WandOptions
from focus_viewer.ui.image.band_picker import BandPicker
from focus_viewer.ui.image.opacity_box import OpacityBox
from focus_viewer.ui.image.picture_caption import PictureCaption
from focus_viewer.ui.image.picture_names import picture_name, possible
from focus_viewer.ui.image.zoom_box import ZoomBox
from focus_viewer.ui.widgets.colourmaps import name_for, names_for
from focus_viewer.ui.widgets.elided_box import ElidedBox
from focus_viewer.ui.widgets.labels import tool_button
from focus_viewer.ui.widgets.two_parts import TwoParts

_KINDS: Final = get_args(Kind)
_NAME_LETTERS: Final = 9  # longer names are elided, so that the bands beside them are not


class ImageHeader(TwoParts):
    """Header that shows the display settings and changes them."""

    fit_wanted = Signal()
    contrast_wanted = Signal()
    band_math_wanted = Signal()
    components_wanted = Signal()
    layers_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.recipe = ElidedBox()
        self.recipe.addItems([picture_name(kind) for kind in _KINDS])
        self.recipe.setToolTip("Bands shown in the image")
        self.recipe.setAccessibleName("Bands of the image")
        self.recipe.setMinimumContentsLength(_NAME_LETTERS)
        self.caption = PictureCaption()  # the view shows it below the picture
        tip = "Overlay the saliency of the selected wavelengths"
        self.heatmap = tool_button("Heatmap", tip, checkable=True)
        self.opacity = OpacityBox("Opacity of the heatmap, or of the class map")
        self.colourmap = QComboBox()
        self.colourmap.setToolTip("Colours of the heatmap")
        self.colourmap.setAccessibleName("Colour map")
        self.contrast = tool_button("Contrast", "Limits, stretch and gamma of the image")
        self.layers = tool_button("Layers", "Layers over the image: maps, mask, heatmap")
        self.fit = tool_button("Fit", "Show the whole image (double click)")
        self.zoom = ZoomBox()
        self.wand_options = WandOptions(session)
        self.picker = BandPicker(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.left.addWidget(self.recipe)
        self.left.addWidget(self.contrast)
        self.left.addWidget(self.layers)
        self.left.addWidget(self.wand_options)
        self.left.addStretch(1)
        for widget in (self.heatmap, self.opacity, self.colourmap, self.zoom, self.fit):
            self.right.addWidget(widget)

    def _connect(self) -> None:
        self.recipe.activated.connect(self._on_recipe)
        self.picker.picked.connect(self._on_picked)
        self.heatmap.clicked.connect(self._on_heatmap)
        self.opacity.chosen.connect(self._on_opacity)
        self.colourmap.textActivated.connect(self._on_colourmap)
        self.fit.clicked.connect(self.fit_wanted)
        self.contrast.clicked.connect(self.contrast_wanted)
        self.layers.clicked.connect(self.layers_wanted)

    # State to widgets

    def show_state(self, state: State) -> None:
        """Show the display settings, which are the active document's."""
        display = state.view.display
        self._show_recipes(state)
        self.heatmap.setChecked(state.heatmap_shown)
        self.opacity.show_value(round(display.opacity * 100))
        self._show_colourmaps(state)
        self.recipe.setEnabled(state.document is not None)
        self.fit.setEnabled(state.document is not None)
        self.contrast.setEnabled(state.document is not None)
        self.layers.setEnabled(state.document is not None)
        self.zoom.setEnabled(state.document is not None)
        self.heatmap.setEnabled(state.volume is not None)
        heated = state.volume is not None and state.heatmap_shown
        self.opacity.setEnabled(heated or state.class_map is not None)
        self.colourmap.setEnabled(heated and state.class_map is None)

    def show_caption(self, state: State) -> None:
        """Show which bands the picture is of."""
        self.caption.show_state(state)

    def _show_recipes(self, state: State) -> None:
        """Show the picture's name; pictures that the cube has no bands for cannot be chosen."""
        cube = state.document.cube if state.document else None
        for index, kind in enumerate(_KINDS):
            item = cast("QStandardItemModel", self.recipe.model()).item(index)
            item.setText(picture_name(kind, cube))
            item.setEnabled(cube is None or possible(kind, cube))
        self.recipe.setCurrentIndex(_KINDS.index(state.recipe.kind))

    def _show_colourmaps(self, state: State) -> None:
        volume, mode = state.volume, state.view.display.mode
        names = names_for(volume.signed if volume is not None else is_signed(mode))
        if names != tuple(self.colourmap.itemText(i) for i in range(self.colourmap.count())):
            self.colourmap.clear()
            self.colourmap.addItems(list(names))
        if state.volume is not None:
            self.colourmap.setCurrentText(name_for(state.volume, state.view.display.colourmap))

    # Widgets to state

    def _on_recipe(self, index: int) -> None:
        kind, document = _KINDS[index], self._session.state.document
        if document is None:
            return
        if kind == "custom":
            self._pick_bands(document)
        elif kind == "formula":
            self.show_state(self._session.state)  # until an expression is chosen
            self.band_math_wanted.emit()
        elif kind == "band":
            window = self._session.state.view.window_nm
            self._session.view.set_recipe(selected_band(document.cube, window))
        else:
            self._session.view.set_recipe(CompositeRecipe(kind))
            if kind in ("pca", "mnf"):
                self.components_wanted.emit()

    def _pick_bands(self, document: Document) -> None:
        """Open the band picker with the current bands selected."""
        bands = (document.composite.choice.bands if document.composite else ()) or (0,)
        self.picker.show_bands(document.cube, bands)
        self._on_picked(bands * (3 // len(bands)))
        self.picker.move(self.recipe.mapToGlobal(QPoint(0, self.recipe.height() + 2)))
        self.picker.show()

    def _on_picked(self, bands: tuple[int, ...]) -> None:
        self._session.view.set_recipe(CompositeRecipe("custom", bands))

    def _on_heatmap(self, checked: bool) -> None:
        self._session.view.show_heatmap(checked)

    def _on_opacity(self, percent: int) -> None:
        self._session.view.set_display(
            replace(self._session.state.view.display, opacity=percent / 100)
        )

    def _on_colourmap(self, name: str) -> None:
        self._session.view.set_display(replace(self._session.state.view.display, colourmap=name))
