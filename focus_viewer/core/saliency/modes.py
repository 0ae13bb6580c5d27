"""Saliency modes: their titles, their units, and a sentence of what each one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from focus_viewer.core.saliency.volume import Mode


@dataclass(frozen=True)
class ModeWords:
    """Words for a mode, the same in window, figures and files.

    Attributes
    ----------
    title : str
        As it begins a title: "Evidence".
    unit : str
        Of a cell's value.
    meaning : str
        What the values are, as a sentence without its full stop.
    """

    title: str
    unit: str
    meaning: str


MODES: Final[tuple[Mode, ...]] = get_args(Mode)

MODE_WORDS: Final[dict[Mode, ModeWords]] = {
    "evidence": ModeWords(
        "Evidence",
        "logit",
        "Evidence: exact parts of the frozen ViT's logit, for (+) and against (\u2212) the class",
    ),
    "attention": ModeWords(
        "Attention",
        "share",
        "Attention of the class's spectral prompts: not negative; with what the sink absorbed it "
        "sums to 1",
    ),
    "signature": ModeWords(
        "Tissue signature",
        "arbitrary units",
        "Tissue signature: where and at which bands tissue departs the way this class's tissue "
        "does; near the physics, no explanation of the decision",
    ),
    "unattributed": ModeWords(
        "Not attributed",
        "logit",
        "Not attributed: what the sink took of the frozen ViT's logit, where and at which bands; "
        "the doubt in the evidence",
    ),
}
