"""Background loading of what the views show: pictures, spectra, measurements, differences."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from weakref import WeakKeyDictionary

from focus_viewer.core.cubes.cube import Cube, Spectrum
from focus_viewer.core.errors import Cancelled, Stalled
from focus_viewer.core.pictures.composite import (
    Composite,
    CompositeRecipe,
    Detail,
    Planes,
    detail,
    read_planes,
    rendered,
)
from focus_viewer.core.pictures.layers import layered_detail
from focus_viewer.core.pictures.stretch import Stretch
from focus_viewer.core.preprocessing.settings import as_read
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.cube_difference import band_difference
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_math import expressions
from focus_viewer.core.spectra.indices import INDICES, Index
from focus_viewer.core.typing import BoolArray
from focus_viewer.core.wording import unlike_text
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document, Pin
from focus_viewer.session.state.measurements import Measures, measure
from focus_viewer.session.state.pair import MeasuredDifference
from focus_viewer.session.state.pair_correspondence import other_place
from focus_viewer.session.state.slices.requests import problem_of
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import (
    DETAIL,
    DIFFERENCE,
    HOVER,
    PICTURE,
    PINS,
    REGIONS,
    other,
)
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S
from focus_viewer.session.tasks.service_protocols import CubeFiles, RegionFiles

_log = logging.getLogger(__name__)


class ViewData:
    """Background loading of what the views show."""

    def __init__(
        self, session: Session, background: Background, cubes: CubeFiles, regions: RegionFiles
    ) -> None:
        self._session = session
        self._background = background
        self._cubes = cubes
        self._regions = regions
        self._planes: WeakKeyDictionary[Cube, Planes] = WeakKeyDictionary()

    def load_picture(self, state: State, document: Document) -> None:
        """Load the picture of a cube, if it has another one or none.

        A coarse picture comes first while the bands are slow to read and not yet cached.
        """
        known, ready, cube = document.composite, document.bands_ready, document.cube
        lane, recipe = _lane(PICTURE, state, document), _recipe(state, cube)
        inside = document.inside.inside if document.inside else None
        same = known is not None and _is_picture(known, recipe, document.stretch, inside)
        if known is not None and same and not (known.coarse and ready):
            self._background.cancel(lane)  # of another recipe, chosen for a moment
            return

        def work(step: Step) -> tuple[Planes, Composite]:
            planes = self._known_planes(cube, recipe, ready)
            if planes is None:
                coarse = not ready and self._cubes.reads_bands_slowly(as_read(cube))
                planes = read_planes(cube, recipe, coarse, step)
            return planes, rendered(planes, document.stretch, inside)

        def done(loaded: tuple[Planes, Composite]) -> None:
            # Cancelled work may still end: its picture is not wanted any more.
            now = self._session.state
            current = now.find(document.id)
            if current is not None and (current.cube, _recipe(now, cube)) == (cube, recipe):
                self._keep_planes(now, cube, loaded[0])
                self._session.documents.set_composite(document.id, loaded[1])

        self._background.submit(
            lane,
            work,
            done,
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
        )

    def _known_planes(self, cube: Cube, recipe: CompositeRecipe, ready: bool) -> Planes | None:
        """Return the values of a cube's last picture, if only its stretch was changed."""
        planes = self._planes.get(cube)
        fits = planes is not None and planes.recipe == recipe and not (planes.coarse and ready)
        return planes if fits else None

    def _keep_planes(self, state: State, cube: Cube, planes: Planes) -> None:
        """Keep the values of a picture as long as its cube is on the screen."""
        shown = [each.cube for each in (state.document, state.other) if each is not None]
        for known in [known for known in self._planes if known not in shown]:
            del self._planes[known]
        self._planes[cube] = planes

    def load_detail(self, state: State, document: Document) -> None:
        """Load the visible part of a picture that leaves pixels out."""
        lane = _lane(DETAIL, state, document)
        picture, extent, cube = document.composite, document.extent, document.cube
        layers = document.layered
        if picture is None or extent is None or picture.stride == 1 or picture.coarse:
            self._background.cancel(lane)
            self._session.documents.set_detail(document.id, None)
            return

        def done(loaded: Detail | None) -> None:
            current = self._session.state.find(document.id)
            if current is not None and current.composite is picture:
                self._session.documents.set_detail(document.id, loaded)

        def work(step: Step) -> Detail | None:
            found = detail(cube, picture, extent)
            over = layers if layers and layers.base is picture else None
            return layered_detail(cube, found, over, step) if over else found

        self._background.submit(
            lane,
            work,
            done,
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
        )

    def load_spectrum(self, state: State, document: Document) -> None:
        """Load the spectrum under the cursor, or of the corresponding pixel of the other cube."""
        cursor, active, cube = state.selection.cursor, state.document, document.cube
        if cursor is None or active is None:
            return
        pixel = other_place(cursor, active.cube, cube)
        self._background.submit(
            _lane(HOVER, state, document),
            lambda step: _spectrum(cube, pixel.row, pixel.col),
            partial(self._session.selection.take_spectrum, document.id),
            reads=cube.place,
            failed=self._on_spectrum_failed,
        )

    def load_pins(self, state: State, document: Document) -> None:
        """Load the spectra of pins that have none yet."""
        cube, missing = document.cube, [pin for pin in document.pins if pin.spectrum is None]
        if missing:
            self._background.submit(
                PINS,
                lambda step: _spectra(cube, missing, step),
                partial(self._session.pins.take_spectra, document.id),
                reads=cube.place,
            )

    def load_measures(self, state: State, document: Document) -> None:
        """Measure the regions of a document, or remove the measurements where it has none.

        While the mask that they are limited to is computed, they wait.
        """
        lane, display = _lane(REGIONS, state, document), state.view.display
        if not document.annotations.regions:
            self._background.cancel(lane)
            if document.measures is not None:
                self._session.regions.take_measures(document.id, None)
            return
        if document.mask_pending:
            return

        def work(step: Step) -> Measures:
            return measure(
                document.cube,
                document.annotations,
                document.selected,
                document.measured_volume(display.mode),
                document.measures,
                step,
                display.spectral_view,
                self._indices(display.indices),
                document.cube.georeference.pixel_area,
                document.inside,
            )

        self._background.submit(
            lane,
            work,
            partial(self._session.regions.take_measures, document.id),
            reads=document.cube.place,
            patience_s=WHOLE_PATIENCE_S,
        )

    def load_difference(self, state: State, document: Document) -> None:
        """Compute the measured difference of a pair at the band window, where it is shown."""
        pair, window = state.comparison.pair, state.view.window_nm
        known = state.comparison.measured_difference
        if pair is None or pair.how != "measured" or (known and known.fits(pair, window)):
            return
        first, second = state.find(pair.first), state.find(pair.second)
        if first is None or second is None or unlike_text(first.cube, second.cube):
            return

        def done(values: SaliencyVolume | None) -> None:
            if values is not None:
                measured = MeasuredDifference(pair.first, pair.second, window, values)
                self._session.pair.take_difference(measured)

        self._background.submit(
            DIFFERENCE,
            lambda step: band_difference(first.cube, second.cube, window, step),
            done,
            reads=f"{first.cube.place} or {second.cube.place}",
            patience_s=WHOLE_PATIENCE_S,
        )

    def _indices(self, names: Sequence[str]) -> list[Index]:
        """Return indices by name; the catalogue is loaded only for names that are not built in."""
        known = {index.name: index for index in INDICES}
        own = expressions(names)
        if not known.keys() >= {name for name in names if name.isidentifier()}:
            known = {index.name: index for index in self._regions.index_catalogue()}
        known |= own
        return [known[name] for name in names if name in known]

    def _on_spectrum_failed(self, error: Exception) -> None:
        """Log an error, as the next pixel may have a spectrum; report a drive without answer."""
        if isinstance(error, Stalled):
            self._session.requests.report(problem_of("Could not read the cube", error))
        elif not isinstance(error, Cancelled):
            _log.error("a spectrum could not be read", exc_info=error)


def _recipe(state: State, cube: Cube) -> CompositeRecipe:
    return state.view.display.recipe_for(cube)


def _is_picture(
    known: Composite, recipe: CompositeRecipe, stretch: Stretch, inside: BoolArray | None
) -> bool:
    return (known.recipe, known.stretch) == (recipe, stretch) and known.inside is inside


def _lane(lane: str, state: State, document: Document) -> str:
    return lane if document.id == state.documents.active else other(lane)


def _spectrum(cube: Cube, row: int, col: int) -> Spectrum:
    return Spectrum(row, col, cube.pixel(row, col))


def _spectra(cube: Cube, pins: list[Pin], step: Step) -> dict[int, Spectrum]:
    spectra = {}
    for count, pin in enumerate(pins):
        step(count / len(pins), "reading spectra")
        spectra[pin.id] = _spectrum(cube, pin.row, pin.col)
    return spectra
