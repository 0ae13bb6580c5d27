"""What the views show of open cubes, read and computed in the background."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.errors import Cancelled, Stalled
from focus_viewer.core.pictures.composite import (
    Composite,
    CompositeRecipe,
    Detail,
    composite,
    detail,
)
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.measured_difference import band_difference
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.indices import INDICES, Index
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document, Pin
from focus_viewer.session.state.measurements import Measures, measure
from focus_viewer.session.state.pair import MeasuredDifference
from focus_viewer.session.state.problems import problem_of
from focus_viewer.session.state.state import Cursor, State
from focus_viewer.session.tasks.protocols import (
    READ_PATIENCE_S,
    WHOLE_PATIENCE_S,
    Runner,
    Services,
    Task,
)

_log = logging.getLogger(__name__)

PINS, DIFFERENCE = "pins", "difference"


class Supplies:
    """Brings pictures, spectra and measures into the session.

    Parameters
    ----------
    session : Session
    runner : Runner
    services : Services
    """

    def __init__(self, session: Session, runner: Runner, services: Services) -> None:
        self._session = session
        self._runner = runner
        self._services = services

    def want_picture(self, lane: str, document: Document, recipe: CompositeRecipe) -> None:
        """Bring the picture of a cube, if it has another one or none.

        As long as its bands may become quicker to read, a picture of few rows comes first.
        """
        known, settled = document.composite, document.bands_settled
        if known is not None and known.recipe == recipe and not (known.coarse and settled):
            return
        cube, document_id = document.cube, document.id

        def work(step: Step) -> Composite:
            coarse = not settled and self._services.reads_bands_slowly(as_read(cube))
            return composite(cube, recipe, coarse, step)

        def done(picture: Composite) -> None:
            self._session.set_composite(document_id, picture)

        self._runner.submit(
            lane,
            Task(work, done, self._report, patience_s=WHOLE_PATIENCE_S, about=cube.place),
        )

    def want_detail(self, lane: str, document: Document) -> None:
        """Bring what the picture leaves out of the part that is looked at."""
        picture, extent = document.composite, document.extent
        if picture is None or extent is None or picture.stride == 1 or picture.coarse:
            self._runner.cancel(lane)
            self._session.set_detail(document.id, None)
            return
        cube, document_id = document.cube, document.id

        def done(found: Detail | None) -> None:
            now = self._session.state.find(document_id)
            if now is not None and now.composite is picture:
                self._session.set_detail(document_id, found)

        self._runner.submit(
            lane,
            Task(
                lambda step: detail(cube, picture, extent),
                done,
                self._report,
                patience_s=WHOLE_PATIENCE_S,
                about=cube.place,
            ),
        )

    def want_spectrum(self, lane: str, document: Document, place: Cursor) -> None:
        """Bring the spectrum of a pixel."""
        cube, document_id = document.cube, document.id

        def done(spectrum: Spectrum) -> None:
            self._session.set_spectrum(document_id, spectrum)

        self._runner.submit(
            lane,
            Task(
                lambda step: _spectrum(cube, place.row, place.col),
                done,
                self._spectrum_failed,
                patience_s=READ_PATIENCE_S,
                about=cube.place,
            ),
        )

    def want_pins(self, document: Document) -> None:
        """Bring the spectra of pins that have none yet."""
        missing = [pin for pin in document.pins if pin.spectrum is None]
        if not missing:
            return
        cube, document_id = document.cube, document.id

        def done(spectra: dict[int, Spectrum]) -> None:
            self._session.fill_pins(document_id, spectra)

        self._runner.submit(
            PINS,
            Task(
                lambda step: _spectra(cube, missing, step),
                done,
                self._report,
                patience_s=READ_PATIENCE_S,
                about=cube.place,
            ),
        )

    def want_measures(self, lane: str, document: Document, volume: SaliencyVolume | None) -> None:
        """Measure regions; where there are none, nothing is left to be measured."""
        document_id, view = document.id, self._session.state.display.spectral_view
        names = self._session.state.display.indices
        if not document.annotations.regions:
            self._runner.cancel(lane)
            if document.measures is not None:
                self._session.take_measures(document_id, None)
            return

        def work(step: Step) -> Measures:
            return measure(
                document.cube,
                document.annotations,
                document.selected,
                volume,
                document.measures,
                step,
                view,
                self._indices(names),
                self._services.pixel_area(document.cube),
            )

        def done(measures: Measures) -> None:
            self._session.take_measures(document_id, measures)

        self._runner.submit(
            lane,
            Task(
                work,
                done,
                self._report,
                patience_s=WHOLE_PATIENCE_S,
                about=document.cube.place,
            ),
        )

    def want_difference(self, state: State) -> None:
        """Compare what two cubes measured over the band window, where the map is to show it."""
        pair, window, known = state.pair, state.window_nm, state.measured_difference
        if pair is None or pair.how != "measured" or (known and known.holds_for(pair, window)):
            return
        first, second = state.find(pair.first), state.find(pair.second)
        if first is None or second is None:
            return
        one, other = first.cube, second.cube

        def done(values: SaliencyVolume | None) -> None:
            if values is not None:
                found = MeasuredDifference(pair.first, pair.second, window, values)
                self._session.take_measured_difference(found)

        def work(step: Step) -> SaliencyVolume | None:
            return band_difference(one, other, window, step)

        about = f"{one.place} or {other.place}"
        self._runner.submit(
            DIFFERENCE,
            Task(work, done, self._report, patience_s=WHOLE_PATIENCE_S, about=about),
        )

    def _indices(self, names: Sequence[str]) -> list[Index]:
        """Indices of these names; the catalogue is loaded only if one is not ours."""
        known = {index.name: index for index in INDICES}
        if not known.keys() >= set(names):
            known = {index.name: index for index in self._services.index_catalogue()}
        return [known[name] for name in names if name in known]

    def _report(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._session.report(problem_of("Could not read the cube", error))

    def _spectrum_failed(self, error: Exception) -> None:
        """Only log it, as the next pixel may do; a drive that is gone answers at none."""
        if isinstance(error, Stalled):
            self._report(error)
        elif not isinstance(error, Cancelled):
            _log.error("a spectrum could not be read", exc_info=error)


def _spectrum(cube: Cube, row: int, col: int) -> Spectrum:
    return Spectrum(row, col, cube.pixel(row, col))


def _spectra(cube: Cube, pins: list[Pin], step: Step) -> dict[int, Spectrum]:
    spectra = {}
    for count, pin in enumerate(pins):
        step(count / len(pins), "reading spectra")
        spectra[pin.id] = _spectrum(cube, pin.row, pin.col)
    return spectra
