"""Changes of the layers over the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from focus_viewer.core.pictures.composite import CompositeRecipe, placed
from focus_viewer.core.pictures.layers import Layer
from focus_viewer.session.store import Changes

Layers = tuple[Layer, ...]


class LayerChanges(Changes):
    """Changes of the layers, the lowest of which has the number 0; other numbers are ignored."""

    def add(self, recipe: CompositeRecipe) -> None:
        """Lay a picture over all others; one that is there already is shown and goes on top."""
        document = self._state.document
        wanted = recipe if document is None else placed(recipe, document.cube)
        known = self._state.view.display.layers
        before = next((layer for layer in known if layer.recipe == wanted), Layer(wanted))
        others = tuple(layer for layer in known if layer.recipe != wanted)
        self._put((*others, replace(before, visible=True)))

    def remove(self, place: int) -> None:
        """Remove a layer; of a mask, its pixels stay."""
        layers = self._state.view.display.layers
        self._put(layers[:place] + layers[place + 1 :] if place >= 0 else layers)

    def lift(self, place: int, by: int) -> None:
        """Move a layer up, or down for a negative number, as far as there are others."""
        layers = list(self._state.view.display.layers)
        if 0 <= place < len(layers):
            layer = layers.pop(place)
            layers.insert(min(max(place + by, 0), len(layers)), layer)
            self._put(tuple(layers))

    def show(self, place: int, visible: bool) -> None:
        """Show or hide a layer."""
        self._replace(place, lambda layer: replace(layer, visible=visible))

    def set_opacity(self, place: int, opacity: float) -> None:
        """Set the opacity of a layer, clamped to 0-1."""
        held = min(max(opacity, 0.0), 1.0)
        self._replace(place, lambda layer: replace(layer, opacity=held))

    def set_colour(self, place: int, colour: str) -> None:
        """Set the colour of the mask, "#rrggbb"."""
        self._replace(place, lambda layer: replace(layer, colour=colour))

    def _replace(self, place: int, change: Callable[[Layer], Layer]) -> None:
        layers = self._state.view.display.layers
        if 0 <= place < len(layers):
            self._put((*layers[:place], change(layers[place]), *layers[place + 1 :]))

    def _put(self, layers: Layers) -> None:
        state = self._state
        display = replace(state.view.display, layers=layers)
        self._store.publish(replace(state, view=replace(state.view, display=display)))
