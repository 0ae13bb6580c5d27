"""Caption of what the picture shows, and of what to mind about it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

from focus_viewer.core.pictures.composite import lacking
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets.captions import Caption

_VERDICTS: Final = {"doubtful": "doubtful; ", "does not apply": "the model does not apply; "}
_FALSE: Final = "false colour"
_SIGN: Final = "⚠"


class PictureCaption(Caption):
    """Line such as `doubtful; false colour, 861, 670, 551 nm`.

    Bands give way first; where there is no room for the caveats either, a sign stands for them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._caveats = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_state(self, state: State) -> None:
        """Show the bands of the active document."""
        self._caveats, bands = _parts(state)
        self.setText(f"{self._caveats}{bands}")
        self.setMinimumWidth(self._advance(_SIGN) if self._caveats else 0)

    def drawn(self) -> str:
        """Return the text as it is drawn."""
        needed = self._caveats.rstrip("; ")
        cut = f"{needed}…" if needed != self.text() else needed
        fits = self._advance(cut) <= self.contentsRect().width()
        return super().drawn() if fits or not needed else _SIGN

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)


def _parts(state: State) -> tuple[str, str]:
    """Return the caveats of a picture, and the bands that it shows."""
    document = state.document
    if document is None:
        return "", ""
    how = document.composite.choice.how if document.composite else "Reading bands..."
    missing = lacking(state.view.display.recipe, document.cube)
    rival = document.viewed_rival
    verdict = document.explanation.applicability.verdict if document.explanation else "applies"
    caveats = _VERDICTS.get(verdict, "")
    caveats += f"{missing}: " if missing else ""
    caveats += f"{rival.name}, not FOCUS; " if rival is not None else ""
    false = _FALSE if how.startswith(_FALSE) else ""
    return f"{caveats}{false}", how.removeprefix(false)
