"""Changes of the selection: tool, cursor and the spectra under it."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.cubes.cube import Spectrum
from focus_viewer.session.state.pair_correspondence import other_place
from focus_viewer.session.state.slices.selection import Cursor, Selection, Tool
from focus_viewer.session.store import Changes


class SelectionChanges(Changes):
    """Changes of the tool and of the pixel under the mouse."""

    def choose_tool(self, tool: Tool) -> None:
        """Choose the tool of the mouse; the last region of the wand is finished."""
        selection = self._state.selection
        self._put(replace(selection, tool=tool, wand=replace(selection.wand, seed=None)))

    def hover(self, row: int, col: int) -> None:
        """Put the cursor on a pixel; outside the image there is no cursor."""
        document = self._state.document
        if document is not None and document.cube.contains(row, col):
            self._put(replace(self._state.selection, cursor=Cursor(row, col)))
        else:
            self.leave()

    def hover_other(self, row: int, col: int) -> None:
        """Put the cursor on the pixel that corresponds to one of the other cube of a pair."""
        document, other = self._state.document, self._state.other
        if document is not None and other is not None:
            pixel = other_place(Cursor(row, col), other.cube, document.cube)
            self.hover(pixel.row, pixel.col)

    def leave(self) -> None:
        """Remove the cursor from the image."""
        selection = self._state.selection
        self._put(replace(selection, cursor=None, spectrum=None, other_spectrum=None))

    def take_spectrum(self, document_id: int, spectrum: Spectrum) -> None:
        """Take the spectrum under the cursor; ignore one of a cube that is not shown any more."""
        state, selection = self._state, self._state.selection
        if selection.cursor is None:
            return
        if document_id == state.documents.active:
            self._put(replace(selection, spectrum=spectrum))
        elif state.other is not None and document_id == state.other.id:
            self._put(replace(selection, other_spectrum=spectrum))

    def _put(self, selection: Selection) -> None:
        self._store.publish(replace(self._state, selection=selection))
