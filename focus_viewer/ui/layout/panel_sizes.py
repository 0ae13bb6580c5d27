"""Sizes of the panels as shares of the window: they shrink and grow with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

_LEAST_SIDE_PX = 390  # usually: the decision without a second row of buttons
_MOST_DECISION_PX = 640  # usually: all of it
_MODES_PX = 370  # usually: the decision down to its modes, which a low window shows as well
_LEAST_VOLUME_PX = 150  # usually: of a window that is too low for all of the decision
_VOLUME_SHARE, _MOST_VOLUME_PX = 0.35, 230  # usually: of such a window


@dataclass(frozen=True)
class Shares:
    """Shares of the panels.

    Attributes
    ----------
    side : float
        Width of the side panels, of that of the window.
    bottom : float
        Height of the lower panels, of that of the window.
    decision : float
        Height of the decision, of that of the side panels.
    """

    side: float = 0.25
    bottom: float = 0.42
    decision: float = 0.58


class PanelSizes(QObject):
    """Keeper of the panels' shares: the user's once a border was dragged, else the usual ones.

    Qt gives all that a window gains to its centre, and takes what it loses from the panels, so that
    those of a window that was small for a moment would stay small.
    """

    def __init__(
        self, window: QMainWindow, decision: QDockWidget, volume: QDockWidget, bottom: QDockWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        self._decision, self._volume, self._bottom = decision, volume, bottom
        self.shares = Shares()
        self._pressed: tuple[QSize, ...] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)  # after Qt has laid out the window
        self._later.timeout.connect(self.apply)
        window.installEventFilter(self)

    def reset(self) -> None:
        """Take the usual shares."""
        self.shares = Shares()
        self.apply_soon()

    def apply_soon(self) -> None:
        """Give the panels their shares once the window is laid out."""
        self._later.start()

    def apply(self) -> None:
        """Give the panels their shares of the window."""
        wide, high = self._window.width(), self._window.height()
        side = round(self.shares.side * wide)
        if self.shares.side == Shares().side:
            side = max(side, _LEAST_SIDE_PX)
        docks = [dock for dock in (self._decision, self._volume) if _stands(dock)]
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks(docks[:1], [side][: len(docks)], horizontal)
        if len(docks) > 1:
            both = sum(dock.height() for dock in docks)
            upper = round(self.shares.decision * both)
            if self.shares.decision == Shares().decision:
                upper = min(max(upper, both - _volume_px(both)), _MOST_DECISION_PX)
            self._window.resizeDocks(docks, [upper, both - upper], vertical)
        if _stands(self._bottom):
            self._window.resizeDocks([self._bottom], [round(self.shares.bottom * high)], vertical)

    def keep(self) -> None:
        """Take the present sizes as the shares; those of panels that are not there stay."""
        docks = [dock for dock in (self._decision, self._volume) if _stands(dock)]
        if docks:
            self._keep_side(docks[0])
        if len(docks) > 1:
            self._keep_decision()
        if _stands(self._bottom):
            self._keep_bottom()

    def _keep_side(self, dock: QDockWidget) -> None:
        self.shares = replace(self.shares, side=dock.width() / self._window.width())

    def _keep_decision(self) -> None:
        both = self._decision.height() + self._volume.height()
        self.shares = replace(self.shares, decision=self._decision.height() / both)

    def _keep_bottom(self) -> None:
        with_tabs = self._window.statusBar().y() - self._bottom.y()
        self.shares = replace(self.shares, bottom=with_tabs / self._window.height())

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the window's size, and borders between panels that are dragged."""
        if event.type() == QEvent.Type.Resize:
            self.apply_soon()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._sizes
        elif event.type() == QEvent.Type.MouseButtonRelease:
            QTimer.singleShot(0, self, self._keep_if_dragged)
        return False

    def _keep_if_dragged(self) -> None:
        """Keep what was dragged alone: the other shares may be waiting for a larger window."""
        before, after = self._pressed, self._sizes
        self._pressed = None
        if before is None or before == after:
            return
        if before[0].width() != after[0].width():
            self._keep_side(self._decision)
        elif before[0].height() != after[0].height():
            self._keep_decision()
        elif before[2].height() != after[2].height():
            self._keep_bottom()

    @property
    def _sizes(self) -> tuple[QSize, ...]:
        return tuple(dock.size() for dock in (self._decision, self._volume, self._bottom))


def _volume_px(both: int) -> int:
    """Return how much of the side's height the volume keeps where the decision needs more."""
    wanted = min(_VOLUME_SHARE * both, both - _MODES_PX)
    return round(min(max(wanted, _LEAST_VOLUME_PX), _MOST_VOLUME_PX))


def _stands(dock: QDockWidget) -> bool:
    """Return whether a panel is in its place in the window, seen or behind a tab."""
    return not dock.isHidden() and not dock.isFloating()
