"""Verdict box: whether the model knows what the cube shows, and what speaks against it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel

from focus_viewer.core.saliency.applicability import Applicability, Reason
from focus_viewer.core.wording import capitalised
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.terms import with_terms

_HEADINGS = {
    "applies": "The model applies",
    "doubtful": "Doubtful whether the model applies",
    "does not apply": "The model does not apply",
}

_SHOW = "#show"
_LINK = '<br><a href="#show" style="color: {colour}">Show the evidence all the same</a> (H)'
_REST = ' <a href="#more" style="color: {colour}">{count}&nbsp;more</a>'


class VerdictBox(QLabel):
    """Box of a verdict; its tooltip has every measure with its limit.

    Where there is little room it has one reason, and a link that unfolds the others.
    """

    evidence_wanted = Signal()
    """The user wants to see the evidence all the same."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Applicability | None = None
        self._within, self._withheld = "", False
        self._short = self._unfolded = False
        self.setObjectName("verdict")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.linkActivated.connect(self._on_link)

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
        self._unfolded = self._unfolded and found is self._found
        self._found, self._within, self._withheld = found, within, withheld
        self._show_text()
        measures = "<br>".join(_measure(reason) for reason in found.reasons)
        self.setToolTip(with_terms(measures, "verdict", "tissue share"))
        self.setProperty("verdict", found.verdict)
        # The style sheet's rules for the property are looked up anew.
        self.style().unpolish(self)
        self.style().polish(self)

    def set_short(self, short: bool) -> None:
        """Fold the reasons, or show all of them."""
        if short != self._short:
            self._short = short
            self._show_text()

    def _show_text(self) -> None:
        found = self._found
        if found is None:
            return
        folded = self._short and not self._unfolded and len(found.shown) > 1
        lines = "".join(_reason(reason) for reason in found.shown[: 1 if folded else None])
        rest = _REST.format(colour=theme.ACCENT, count=len(found.shown) - 1) if folded else ""
        link = _LINK.format(colour=theme.ACCENT) if self._withheld else ""
        within = f"<br>Asked about {escape(self._within)} alone; F5 asks about all."
        asked = within if self._within else ""
        self.setText(f"<b>{_HEADINGS[found.verdict]}</b>{asked}{lines}{rest}{link}")

    def _on_link(self, link: str) -> None:
        if link == _SHOW:
            self.evidence_wanted.emit()
            return
        self._unfolded = True
        self._show_text()


def _reason(reason: Reason) -> str:
    text = f"<br>{escape(capitalised(reason.text))}."
    return text.replace(" %", "\u00a0%")  # a number and its unit stay on one line


def _measure(reason: Reason) -> str:
    numbers = ""
    if reason.value is not None and reason.limit is not None:
        bound = "at least" if reason.at_least else "below"
        numbers = f" ({reason.value:.3g}; expected {bound} {reason.limit:.3g} {reason.unit})"
        numbers = numbers.replace(" )", ")")
    return f"<b>{escape(reason.code)}</b>: {escape(reason.text)}{numbers}: {reason.verdict}"
