"""The one holder of state: every change is a named method, every change is published once."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from psygnal import Signal

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.documents.figure_spec import FigureSpec, within_bounds
from focus_viewer.core.pictures.composite import Composite, CompositeRecipe, Detail
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.session.changes.comparison import Comparing
from focus_viewer.session.changes.explanation import Explaining
from focus_viewer.session.changes.pairs import Pairing, other_place, still_paired
from focus_viewer.session.changes.preprocessing import Treating
from focus_viewer.session.changes.project import Keeping
from focus_viewer.session.changes.side_jobs import SideJobs
from focus_viewer.session.state.band_windows import clamped, first_window
from focus_viewer.session.state.display import Display
from focus_viewer.session.state.document import Document, Pin
from focus_viewer.session.state.requests import ArrayQuestion, FileChoice
from focus_viewer.session.state.state import Change, Cursor, Kept, Problem, State

# Okabe and Ito (2008): colours that people with any colour vision tell apart.
PIN_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2")


class Session(Comparing, Keeping, Pairing, Explaining, SideJobs, Treating):
    """Holds the state; used from one thread only.

    Every method validates and clamps before it publishes. A state equal to the one before is not
    published, which ends the echo between a control and the state that it sets.
    """

    # Queued: a listener that changes the state is heard by all others in the right order.
    changed = Signal(Change, reemission="queued")

    def __init__(self) -> None:
        self._state = State()
        self._ids = count(1)

    def _next_id(self) -> int:
        return next(self._ids)

    @property
    def state(self) -> State:
        """What is shown now."""
        return self._state

    def _publish(self, **values: Any) -> None:
        before, after = self._state, replace(self._state, **values)
        if after != before:
            self._state = after
            self.changed.emit(Change(before, after))

    # Documents

    def open(self, cube: Cube, choice: ArrayChoice | None = None) -> int:
        """Put a cube on the screen.

        Parameters
        ----------
        cube : Cube
        choice : ArrayChoice or None
            What the user has said of its file.

        Returns
        -------
        int
            Id of its document.
        """
        document = Document(self._next_id(), cube, choice=choice)
        documents = (*self._state.documents, document)
        window = first_window(cube)
        self._show(document, window, documents=documents, problem=None)
        return document.id

    def offer_files(self, offer: FileChoice | None) -> None:
        """Let the user choose among files, or note that this is done."""
        self._publish(offer=offer)

    def ask_array(self, question: ArrayQuestion | None) -> None:
        """Ask which array of a file is the cube, or note that this is done."""
        self._publish(choice=question)

    def close(self, document_id: int) -> None:
        """Close a document; its neighbour comes on the screen. Unknown ids are ignored."""
        documents = self._state.documents
        place = next((i for i, one in enumerate(documents) if one.id == document_id), None)
        if place is None:
            return
        rest = documents[:place] + documents[place + 1 :]
        if self._state.active != document_id:
            pair = still_paired(self._state, rest, self._state.active)
            self._publish(documents=rest, pair=pair)
            return
        neighbour = rest[min(place, len(rest) - 1)] if rest else None
        kept = self._state.kept if rest else Kept()
        self._show(neighbour, self._state.window_nm, documents=rest, kept=kept)

    def activate(self, document_id: int) -> None:
        """Put an open document on the screen. Unknown ids are ignored."""
        document = self._state.find(document_id)
        if document is not None and document_id != self._state.active:
            self._show(document, self._state.window_nm)

    def _show(self, document: Document | None, window: BandWindow, **values: Any) -> None:
        """Put a document on the screen; window and picture are fitted to its cube."""
        if document is not None:
            values["window_nm"] = clamped(window, document.cube)
            display = values.get("display", self._state.display)
            values["display"] = _fitting(display, document.cube)
        active = document.id if document else None
        documents = values.get("documents", self._state.documents)
        values.setdefault("pair", still_paired(self._state, documents, active))
        hovered = {"cursor": None, "spectrum": None, "other_spectrum": None}
        self._publish(active=active, **hovered, **values)

    def _update(self, document_id: int | None, **values: Any) -> None:
        self._publish(documents=self._replaced(document_id, **values))

    def _replaced(self, document_id: int | None, **values: Any) -> tuple[Document, ...]:
        return tuple(
            replace(one, **values) if one.id == document_id else one
            for one in self._state.documents
        )

    def set_composite(self, document_id: int, composite: Composite) -> None:
        """Take the picture of a cube."""
        self._update(document_id, composite=composite, detail=None)

    def set_detail(self, document_id: int, detail: Detail | None) -> None:
        """Show a part of a document's picture in more detail, or none."""
        self._update(document_id, detail=detail)

    def settle_bands(self, document_id: int) -> None:
        """Note that a document's bands are read as quickly as they will ever be."""
        self._update(document_id, bands_settled=True)

    def look_at(self, extent: Extent | None) -> None:
        """Show a part of the image on the screen; None shows all of it.

        A part that does not touch the image, or has no size, is not taken.
        """
        document = self._state.document
        if document is None or not (extent is None or _in_sight(extent, document.cube)):
            return
        self._update(document.id, extent=extent)
        self._link()

    # The band window

    def set_window(self, center_nm: float, width_nm: float | None = None) -> None:
        """Move the band window, clamped to the cube's range; without a width it keeps its own."""
        document = self._state.document
        width = self._state.window_nm.width_nm if width_nm is None else width_nm
        if document is not None and np.isfinite([center_nm, width]).all():
            self._publish(window_nm=clamped(BandWindow(center_nm, width), document.cube))

    def step_band(self, steps: int) -> None:
        """Move the window by whole good bands, from the band nearest to its middle."""
        document = self._state.document
        if document is None:
            return
        cube = document.cube
        good = np.flatnonzero(cube.good_bands)
        if good.size:
            near = int(np.argmin(np.abs(cube.axis[good] - self._state.window_nm.center_nm)))
            chosen = good[int(np.clip(near + steps, 0, good.size - 1))]
            self.set_window(float(cube.axis[chosen]))

    # Pixels

    def hover(self, row: int, col: int) -> None:
        """Put the cursor on a pixel; outside the image there is no cursor."""
        document = self._state.document
        if document is not None and document.cube.contains(row, col):
            self._publish(cursor=Cursor(row, col))
        else:
            self.leave()

    def hover_other(self, row: int, col: int) -> None:
        """Put the cursor on a pixel of the other cube of a pair: at the same place in both."""
        document, other = self._state.document, self._state.other
        if document is not None and other is not None:
            place = other_place(Cursor(row, col), other.cube, document.cube)
            self.hover(place.row, place.col)

    def leave(self) -> None:
        """Take the cursor off the image."""
        self._publish(cursor=None, spectrum=None, other_spectrum=None)

    def set_spectrum(self, document_id: int, spectrum: Spectrum) -> None:
        """Take the spectrum under the cursor; one that comes late for its cube is dropped."""
        other = self._state.other
        if self._state.cursor is None:
            return
        if document_id == self._state.active:
            self._publish(spectrum=spectrum)
        elif other is not None and document_id == other.id:
            self._publish(other_spectrum=spectrum)

    def pin(self, row: int, col: int) -> None:
        """Keep the spectrum of a pixel on the plot; a pixel that is pinned already is let go."""
        document = self._state.document
        if document is None or not document.cube.contains(row, col):
            return
        there = next((pin for pin in document.pins if (pin.row, pin.col) == (row, col)), None)
        if there is not None:
            self.unpin(there.id)
            return
        pin = Pin(self._next_id(), row, col, _next_colour(document.pins))
        self._update(document.id, pins=(*document.pins, pin))

    def unpin(self, pin_id: int) -> None:
        """Let a pinned pixel go."""
        document = self._state.document
        if document is not None:
            kept = tuple(pin for pin in document.pins if pin.id != pin_id)
            self._update(document.id, pins=kept)

    def clear_pins(self) -> None:
        """Let all pinned pixels of the document on the screen go."""
        self._update(self._state.active, pins=())

    def fill_pins(self, document_id: int, spectra: dict[int, Spectrum]) -> None:
        """Give pins the spectra that were read for them, by pin id."""
        document = self._state.find(document_id)
        if document is not None:
            pins = tuple(
                replace(pin, spectrum=spectra.get(pin.id, pin.spectrum)) for pin in document.pins
            )
            self._update(document_id, pins=pins)

    # Display

    def set_display(self, **values: Any) -> None:
        """Change how things are drawn: any attributes of `Display`; opacity is clamped to 0-1."""
        display = replace(self._state.display, **values)
        display = replace(display, opacity=float(np.clip(display.opacity, 0, 1)))
        document = self._state.document
        self._publish(display=_fitting(display, document.cube) if document else display)

    def set_recipe(self, recipe: CompositeRecipe) -> None:
        """Choose the bands of the picture; bands that the cube lacks give its usual picture."""
        self.set_display(recipe=recipe)

    def set_figure(self, spec: FigureSpec) -> None:
        """Choose what the publication figure shows; numbers are held in their bounds."""
        self._publish(figure=within_bounds(spec))

    def choose_class(self, class_name: str) -> None:
        """Explain another class of the document on the screen.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        document = self._state.document
        if document is not None and document.explanation is not None:
            document.explanation.card.class_index(class_name)
            against = None if document.against == class_name else document.against
            self._decide(class_name, against)

    def contrast_with(self, class_name: str | None) -> None:
        """Tell the class apart from this one alone; None: from the mean of all others.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        document = self._state.document
        if document is None or document.explanation is None or class_name == document.class_name:
            return
        if class_name is not None:
            document.explanation.card.class_index(class_name)
        self._decide(document.class_name, class_name)

    def _decide(self, class_name: str | None, against: str | None) -> None:
        """Take a class and its rival, in both cubes of a linked pair that know them."""
        self._update(self._state.active, class_name=class_name, against=against)
        self._link()

    # Problems

    def report(self, problem: Problem) -> None:
        """Show that something went wrong."""
        self._publish(problem=problem)

    def dismiss_problem(self) -> None:
        """Take the message away."""
        self._publish(problem=None)


def _next_colour(pins: tuple[Pin, ...]) -> str:
    """The colour that the fewest pins have."""
    used = [pin.colour for pin in pins]
    return min(PIN_COLOURS, key=used.count)


def _in_sight(extent: Extent, cube: Cube) -> bool:
    """Whether an extent has a size and shows any of the image."""
    (left, top), (right, bottom) = extent.low, extent.high
    finite = bool(np.isfinite([left, top, right, bottom]).all())
    return finite and max(left, 0) < min(right, cube.cols) and max(top, 0) < min(bottom, cube.rows)


def _fitting(display: Display, cube: Cube) -> Display:
    """The display, with the usual picture where its recipe names bands that the cube lacks."""
    if all(0 <= band < cube.bands for band in display.recipe.bands):
        return display
    return replace(display, recipe=CompositeRecipe())
