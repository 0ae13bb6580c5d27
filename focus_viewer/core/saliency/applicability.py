"""Applicability: whether a model's result says anything about an image, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["applies", "doubtful", "does not apply"]

VERDICTS: tuple[Verdict, ...] = ("applies", "doubtful", "does not apply")
"""From the best: of several reasons the worst one counts."""


_MOST_DOUBT = 0.4
CLOSE = "close decision"
CLOSE_MARGIN = 0.2


def grade(value: float, *limits: float) -> Verdict:
    """Return the verdict on a value that must stay below limits, in ascending order."""
    return VERDICTS[sum(value >= limit for limit in limits)]


@dataclass(frozen=True)
class Reason:
    """One measure of whether a model knows what it was shown.

    Attributes
    ----------
    code : str
        Name of the measure, for programs.
    text : str
        What was found, in words.
    value, limit : float or None
        What was measured, and from where on it speaks against the result.
    verdict : {"applies", "doubtful", "does not apply"}
        What this reason alone says.
    at_least : bool
        Whether the limit is the least value that speaks for the result, else the first against it.
    unit : str
        Of value and limit; empty for numbers without.
    """

    code: str
    text: str
    value: float | None
    limit: float | None
    verdict: Verdict = "applies"
    at_least: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Applicability:
    """Verdict on a result, with everything that was measured for it.

    Attributes
    ----------
    reasons : tuple of Reason
        Those that speak for the result among them.
    tissue_share : float
        Share of the image's pixels with data that show plant tissue, 0 to 1.
    """

    reasons: tuple[Reason, ...]
    tissue_share: float

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all reasons."""
        worst = max((VERDICTS.index(reason.verdict) for reason in self.reasons), default=0)
        return VERDICTS[worst]

    @property
    def against(self) -> tuple[Reason, ...]:
        """Reasons against the result, the gravest first."""
        found = [reason for reason in self.reasons if reason.verdict != "applies"]
        return tuple(sorted(found, key=lambda reason: -VERDICTS.index(reason.verdict)))

    @property
    def sentence(self) -> str:
        """The verdict with the reasons against it, as one text."""
        why = "; ".join(reason.text for reason in self.against)
        verdict = f"{self.verdict.capitalize()}"
        return f"{verdict}: {why}" if why else verdict

    @property
    def shown(self) -> tuple[Reason, ...]:
        """What a person must read: reasons against, and a close decision; else the first reason."""
        close = tuple(reason for reason in self.reasons if reason.code == CLOSE)
        return (*self.against, *close) or self.reasons[:1]

    def with_close_decision(self, text: str, margin: float) -> Applicability:
        """Add that two classes are nearly as probable, by the difference of their probabilities."""
        reason = Reason(CLOSE, text, margin, CLOSE_MARGIN, at_least=True)
        return Applicability((*self.reasons, reason), self.tissue_share)

    def with_doubt(self, doubt: float) -> Applicability:
        """Add what could not be attributed of the evidence for the decision, 0 to 1."""
        text = f"{100 * doubt:.0f} % of the evidence could not be attributed"
        reason = Reason("sink", text, doubt, _MOST_DOUBT, grade(doubt, _MOST_DOUBT))
        return Applicability((*self.reasons, reason), self.tissue_share)
