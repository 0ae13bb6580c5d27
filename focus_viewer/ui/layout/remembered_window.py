"""Window as it was left, stored between runs: place, size, panels and colour map."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from focus_viewer.ui.layout.panel_sizes import Shares
from focus_viewer.ui.widgets.colourmaps import DIVERGING, SEQUENTIAL

_KEY = "window"
_VERSION = 1
_AUTO = "auto"


@dataclass(frozen=True)
class LeftWindow:
    """Window as it was left.

    Attributes
    ----------
    geometry, layout : str
        Of Qt, in Base64: place and size, and the panels with their tabs; empty for the usual ones.
    colourmap : str
        Of the heatmap.
    """

    geometry: str = ""
    layout: str = ""
    shares: Shares = field(default_factory=Shares)
    colourmap: str = _AUTO


def read_window(settings: QSettings) -> LeftWindow:
    """Return the window as it was left; as it usually is where nothing usable is stored."""
    try:
        stored = json.loads(str(settings.value(_KEY, "")))
        if stored["version"] != _VERSION:
            return LeftWindow()
        shares = Shares(**{name: _share(value) for name, value in stored["shares"].items()})
        return LeftWindow(
            _base64(stored["geometry"]), _base64(stored["layout"]), shares, _name(stored)
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return LeftWindow()


def write_window(settings: QSettings, left: LeftWindow) -> None:
    """Store a window as it is left."""
    settings.setValue(_KEY, json.dumps({"version": _VERSION, **asdict(left)}))


def to_text(data: QByteArray) -> str:
    """Return bytes of Qt in Base64."""
    return bytes(data.toBase64().data()).decode("ascii")


def from_text(text: str) -> QByteArray:
    """Return the bytes of a text in Base64."""
    return QByteArray.fromBase64(text.encode("ascii"))


def _share(value: Any) -> float:
    if not 0 < float(value) < 1:
        raise ValueError(f"expected a share of the window, found {value}")
    return float(value)


def _base64(value: Any) -> str:
    if not isinstance(value, str) or not value.isascii():
        raise TypeError("expected a text in Base64")
    return value


def _name(stored: dict[str, Any]) -> str:
    name = stored["colourmap"]
    return name if name in (_AUTO, *DIVERGING, *SEQUENTIAL) else _AUTO
