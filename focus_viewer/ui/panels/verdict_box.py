"""Verdict box: whether the model knows what the cube shows, and what speaks against it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.terms import with_terms

_HEADINGS = {
    "applies": "The model applies",
    "doubtful": "Doubtful whether the model applies",
    "does not apply": "The model does not apply",
}

_LINK = '<br><a href="#" style="color: {colour}">Show the evidence all the same</a> (H)'


class VerdictBox(QLabel):
    """Box of a verdict; its tooltip has every measure with its limit."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("verdict")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)

    def show_verdict(
        self, found: Applicability, *, within: str = "", withheld: bool = False
    ) -> None:
        """Show a verdict with the reasons against the result, or the share of tissue.

        Parameters
        ----------
        within : str
            Region that was asked about; empty for the whole image.
        withheld : bool
            Whether the evidence is kept back, and a link offered that shows it.
        """
        lines = "".join(f"<br>{escape(_capitalised(reason.text))}." for reason in found.shown)
        lines = lines.replace(" %", "\u00a0%")  # a number and its unit stay on one line
        link = _LINK.format(colour=theme.ACCENT) if withheld else ""
        asked = f"<br>Asked about {escape(within)} alone; F5 asks about all." if within else ""
        self.setText(f"<b>{_HEADINGS[found.verdict]}</b>{asked}{lines}{link}")
        measures = "<br>".join(_measure(reason) for reason in found.reasons)
        self.setToolTip(with_terms(measures, "verdict", "tissue share"))
        self.setProperty("verdict", found.verdict)
        # The style sheet's rules for the property are looked up anew.
        self.style().unpolish(self)
        self.style().polish(self)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _measure(reason: Reason) -> str:
    numbers = ""
    if reason.value is not None and reason.limit is not None:
        bound = "at least" if reason.at_least else "below"
        numbers = f" ({reason.value:.3g}; expected {bound} {reason.limit:.3g} {reason.unit})"
        numbers = numbers.replace(" )", ")")
    return f"<b>{escape(reason.code)}</b>: {escape(reason.text)}{numbers}: {reason.verdict}"
