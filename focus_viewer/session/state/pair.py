"""Pair of cubes on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.documents.project import PairView
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow


@dataclass(frozen=True)
class Pair:
    """Pair of cubes on the screen, one of them active.

    Attributes
    ----------
    first, second : int
        Ids of their documents.
    how : {"beside", "swipe", "difference", "measured"}
        Side by side; one over the other up to a line; saliency of the second less the first; what
        was measured over the band window, second less first.
    linked : bool
        Whether they share pan, zoom, class and colour limits.
    split : float
        Position of the line of a swipe, 0 to 1.
    """

    first: int
    second: int
    how: PairView = "beside"
    linked: bool = True
    split: float = 0.5

    def other(self, document_id: int | None) -> int:
        """Return the id of the other document."""
        return self.first if document_id == self.second else self.second


@dataclass(frozen=True, eq=False)
class MeasuredDifference:
    """Measured difference of two documents: a single group, in cubes' units, second less first."""

    first: int
    second: int
    window_nm: BandWindow
    values: SaliencyVolume

    def fits(self, pair: Pair | None, window_nm: BandWindow) -> bool:
        """Return whether it is that of a pair at a window."""
        if pair is None or window_nm != self.window_nm:
            return False
        return (self.first, self.second) == (pair.first, pair.second)
