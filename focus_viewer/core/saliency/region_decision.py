"""Decision of a model on one region of an image."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.core.saliency.applicability import Verdict
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.volume import importance_curve


@dataclass(frozen=True)
class RegionDecision:
    """What the model decides where everything outside the region is blanked.

    Attributes
    ----------
    class_name : str
        The most probable class; empty where the region could not be explained.
    probability : float
        0 to 1; NaN likewise.
    verdict : {"applies", "doubtful", "does not apply"}
    why : str
        The verdict with the reasons against it, or why it could not be explained.
    doubt : float
        Share of the evidence for the class that could not be attributed; NaN likewise.
    peak_nm : float
        Middle of the spectral group with the most evidence for the class; NaN likewise.
    """

    class_name: str
    probability: float
    verdict: Verdict
    why: str
    doubt: float
    peak_nm: float

    @property
    def diagnosis(self) -> str:
        """The class, or none where the model does not apply."""
        return "" if self.verdict == "does not apply" else self.class_name


def decision_of(explanation: Explanation) -> RegionDecision:
    """Return the decision of an explanation that was restricted to a region."""
    name = explanation.predicted
    volume, applicability = explanation.volume(name, "evidence"), explanation.applicability
    return RegionDecision(
        name,
        float(explanation.probabilities[explanation.card.class_index(name)]),
        applicability.verdict,
        applicability.sentence,
        explanation.doubt(name),
        float(volume.centers_nm[importance_curve(volume).argmax()]),
    )


def undecided(why: str) -> RegionDecision:
    """Return the decision on a region that could not be explained."""
    unknown = float("nan")
    return RegionDecision("", unknown, "does not apply", why, unknown, unknown)
