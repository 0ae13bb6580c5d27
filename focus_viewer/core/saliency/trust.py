"""Trust report: what a frozen model's probability does as an explanation's evidence is removed.

Deletion and insertion: Petsiuk, Das & Saenko, RISE, BMVC 2018, arXiv 1806.07421. What is removed is
blanked: it is then as this leaf usually is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.logit_sum import unattributed_curve
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.core.typing import DoubleArray, ImageShape

Unit = Literal["place", "wavelength", "both"]
Order = Literal["strongest", "random", "weakest"]

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
RIVAL_UNITS: Final[tuple[Unit, ...]] = ("place", "wavelength")
"""By which rivals are tested."""
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
UNIT_TITLES: Final[dict[Unit, str]] = {
    "place": "By place",
    "wavelength": "By wavelength",
    "both": "By place and wavelength",
}
ORDER_TITLES: Final[dict[Order, str]] = {
    "strongest": "strongest first",
    "random": "in random order",
    "weakest": "weakest first",
}


@dataclass(frozen=True, eq=False)
class TrustRequest:
    """Request to put an explanation to the test.

    Attributes
    ----------
    cube : Cube
        That was explained.
    class_name : str
        Whose evidence is removed.
    model, device : str
        As in `ExplainRequest`.
    """

    cube: Cube
    explanation: Explanation
    class_name: str
    model: str
    device: str = "auto"


@dataclass(frozen=True, eq=False)
class RemovalCurve:
    """Probability of the class as parts of the image are removed.

    Attributes
    ----------
    shares : DoubleArray, shape (n,)
        Of the parts that are removed: 0 to 1.
    probabilities : DoubleArray, shape (n,)
    """

    shares: DoubleArray
    probabilities: DoubleArray

    def at(self, share: float) -> float:
        """Return the probability where so much is removed, straight between the measured points."""
        return float(np.interp(share, self.shares, self.probabilities))

    @property
    def mean(self) -> float:
        """Area under the curve: low where what is removed first is what the model needs."""
        middles = (self.probabilities[1:] + self.probabilities[:-1]) / 2
        return float(middles @ np.diff(self.shares))

    @property
    def reversed(self) -> RemovalCurve:
        """The same images by what is shown of them, so that parts are added in reverse order."""
        return RemovalCurve(1 - self.shares[::-1], self.probabilities[::-1])


@dataclass(frozen=True, eq=False)
class Removal:
    """Removal of parts of one kind, in several orders.

    Attributes
    ----------
    parts : int
        That there are.
    strongest, random, weakest : RemovalCurve
        By which of them are removed first; random is a mean of several orders.
    """

    unit: Unit
    parts: int
    strongest: RemovalCurve
    random: RemovalCurve
    weakest: RemovalCurve

    def removed(self, order: Order) -> RemovalCurve:
        """Return deletion: parts are removed in this order."""
        return {"strongest": self.strongest, "random": self.random, "weakest": self.weakest}[order]

    def added(self, order: Order) -> RemovalCurve:
        """Return insertion: parts are added in this order, to an image that shows nothing."""
        last = {"strongest": self.weakest, "random": self.random, "weakest": self.strongest}
        return last[order].reversed


@dataclass(frozen=True, eq=False)
class MethodTrial:
    """Method that explains the same decision, its map and what removal by it does.

    Attributes
    ----------
    volume : SaliencyVolume
        On the cells of the tested image.
    removal : tuple of RemovalCurve
        Its strongest parts first, for each of `RIVAL_UNITS`.
    forward_passes, backward_passes : int
        That it took.
    seconds : float
    note : str
        How it was run; empty where there is nothing to say.
    """

    name: str
    volume: SaliencyVolume
    removal: tuple[RemovalCurve, ...]
    forward_passes: int
    backward_passes: int
    seconds: float
    note: str = ""

    def curve(self, unit: Unit) -> RemovalCurve:
        """Return the removal by one of `RIVAL_UNITS`."""
        return self.removal[RIVAL_UNITS.index(unit)]


@dataclass(frozen=True)
class RandomWeights:
    """Rank correlations of FOCUS with itself on a model whose weights are in random order.

    Attributes
    ----------
    place, wavelength : float
        Of maps and of curves: means over several models. Near 0: the explanation is of what was
        learned.
    models : int
    cells : int
        With evidence, whose ranks are compared in maps.
    """

    place: float
    wavelength: float
    models: int
    cells: int


@dataclass(frozen=True, eq=False)
class TrustReport:
    """Report of a test, as far as it has come.

    Attributes
    ----------
    tested : ImageShape
        (rows, cols) of the image that was tested: the cube's, a coarser one, or a part of it.
    whole, nothing : float
        Probability of the class on that image, and where nothing is shown.
    shown : float
        Probability on the image itself, as the decision shows it.
    removals : tuple of Removal
        By FOCUS' evidence; those that are done.
    focus : SaliencyVolume
        Evidence on the cells of the tested image.
    cropped : bool
        Whether only the part with the strongest evidence was tested.
    left_out : tuple of str
        Methods that could not be run, a sentence each.
    seconds : float
        So far.
    """

    class_name: str
    tested: ImageShape
    whole: float
    nothing: float
    shown: float
    focus: SaliencyVolume
    removals: tuple[Removal, ...] = ()
    rivals: tuple[MethodTrial, ...] = ()
    random_weights: RandomWeights | None = None
    cropped: bool = False
    left_out: tuple[str, ...] = ()
    seconds: float = 0.0
    finished: bool = False

    def removal(self, unit: Unit) -> Removal | None:
        """Return what removal by one unit does, if that is done."""
        return next((each for each in self.removals if each.unit == unit), None)

    def rival(self, name: str | None) -> MethodTrial | None:
        """Return the trial of one method, if that is done."""
        return next((each for each in self.rivals if each.name == name), None)


@dataclass(frozen=True, eq=False)
class Sink:
    """Evidence that could not be attributed.

    Attributes
    ----------
    doubt : float
        Its share of all evidence, for and against, 0 to 1.
    curve : DoubleArray, shape (groups,)
        For the class less the mean of the others.
    low_nm, high_nm : float
        The group in which it is largest.
    group_share : float
        Of that group.
    place_share : float
        Of the tenth of the cells with evidence that has most of it.
    """

    doubt: float
    curve: DoubleArray
    low_nm: float
    high_nm: float
    group_share: float
    place_share: float


def sink_of(explanation: Explanation, class_name: str) -> Sink:
    """Return how much the sink took of a class's evidence, and from where.

    Raises
    ------
    ValueError
        If the model has no such class.
    """
    size = np.abs(explanation.volume(class_name, "unattributed").values).astype(np.float64)
    by_group, by_cell = size.sum(axis=(0, 1)), np.sort(size.sum(axis=2), axis=None)[::-1]
    total = max(float(size.sum()), 1e-12)
    top = int(np.argmax(by_group))
    low_nm, high_nm = explanation.edges_nm[top].tolist()
    tenth = max(1, int((by_cell > 0).sum()) // 10)
    return Sink(
        explanation.doubt(class_name),
        unattributed_curve(explanation, class_name),
        low_nm,
        high_nm,
        float(by_group[top]) / total,
        float(by_cell[:tenth].sum()) / total,
    )
