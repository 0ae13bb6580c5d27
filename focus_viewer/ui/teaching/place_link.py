"""Button that leads to a place where a label would teach most."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.wording import percent


class PlaceLink(QPushButton):
    """Link whose cube's name gives way where there is little room; its tooltip has the whole."""

    def __init__(self, place: Place) -> None:
        self._cube, self._rest = place.cube, _rest(place)
        super().__init__(f"{self._cube}{self._rest}")
        self.setObjectName("link")
        self.setToolTip(f"{self.text()}: show this place in its cube")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return no width and the height of a line."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the name into what the rest leaves."""
        super().resizeEvent(event)
        metrics = self.fontMetrics()
        room = max(0, self.contentsRect().width() - metrics.horizontalAdvance(self._rest))
        name = metrics.elidedText(self._cube, Qt.TextElideMode.ElideMiddle, room)
        self.setText(f"{name}{self._rest}")


def _rest(place: Place) -> str:
    where = f"rows {place.rows[0]}–{place.rows[1] - 1}, cols {place.cols[0]}–{place.cols[1] - 1}"
    if place.labelled:
        where = f"labelled {place.region or 'as a whole'}"
    between = " or ".join(name for name, _ in place.likely)
    return f", {where}: {between} (doubt {percent(place.doubt)})"
