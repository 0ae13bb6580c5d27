"""Changes of the pins: pixels of the active document whose spectra stay on the plot."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.session.state.pin import Pin
from focus_viewer.session.state.steps import recorded
from focus_viewer.session.store import Changes

# Okabe and Ito (2008): colours that people with any colour vision can distinguish.
PIN_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2")


class PinChanges(Changes):
    """Changes of the pins of the active document; each is one step to undo."""

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
        self._put((*document.pins, pin), "pin spectrum")

    def remove(self, pin_id: int) -> None:
        """Remove a pin."""
        document = self._state.document
        if document is not None:
            self._put(tuple(pin for pin in document.pins if pin.id != pin_id), "remove pin")

    def clear(self) -> None:
        """Remove all pins."""
        self._put((), "clear pins")

    def _put(self, pins: tuple[Pin, ...], name: str) -> None:
        self._change_active(lambda document: recorded(document, replace(document, pins=pins), name))

    def take_spectra(self, document_id: int, spectra: dict[int, Spectrum]) -> None:
        """Take the spectra of pins of a document that have none yet, by pin id."""

        def filled(pin: Pin) -> Pin:
            return pin if pin.spectrum is not None else replace(pin, spectrum=spectra.get(pin.id))

        self._change(
            document_id,
            lambda document: replace(document, pins=tuple(map(filled, document.pins))),
        )


def _next_colour(pins: tuple[Pin, ...]) -> str:
    """Return the colour that the fewest pins have."""
    used = [pin.colour for pin in pins]
    return min(PIN_COLOURS, key=used.count)
