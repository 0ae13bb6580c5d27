"""Changes of the pins: pixels of the active document whose spectra stay on the plot."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.session.state.document import Document, Pin
from focus_viewer.session.store import Changes

# Okabe and Ito (2008): colours that people with any colour vision can distinguish.
PIN_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2")


class PinChanges(Changes):
    """Changes of the pins of the active document."""

    def toggle(self, row: int, col: int) -> None:
        """Pin a pixel; a pixel that is pinned already is unpinned."""
        document = self._state.document
        if document is None or not document.cube.contains(row, col):
            return
        pinned = next((pin for pin in document.pins if (pin.row, pin.col) == (row, col)), None)
        if pinned is not None:
            self.remove(pinned.id)
            return
        pin = Pin(self._store.next_id(), row, col, _next_colour(document.pins))
        self._change(document.id, lambda document: replace(document, pins=(*document.pins, pin)))

    def remove(self, pin_id: int) -> None:
        """Remove a pin."""

        def without(document: Document) -> Document:
            return replace(document, pins=tuple(pin for pin in document.pins if pin.id != pin_id))

        self._change_active(without)

    def clear(self) -> None:
        """Remove all pins."""
        self._change_active(lambda document: replace(document, pins=()))

    def take_spectra(self, document_id: int, spectra: dict[int, Spectrum]) -> None:
        """Take the spectra of pins of a document, by pin id."""

        def filled(document: Document) -> Document:
            pins = document.pins
            pins = tuple(replace(pin, spectrum=spectra.get(pin.id, pin.spectrum)) for pin in pins)
            return replace(document, pins=pins)

        self._change(document_id, filled)


def _next_colour(pins: tuple[Pin, ...]) -> str:
    """Return the colour that the fewest pins have."""
    used = [pin.colour for pin in pins]
    return min(PIN_COLOURS, key=used.count)
