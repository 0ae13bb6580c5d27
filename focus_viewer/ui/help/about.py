"""About box: version, paper and licence."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from focus_viewer.version import __version__

_ABOUT = (
    "<b>FOCUS Viewer {version}</b><p>Where, and at which wavelengths, does a frozen Vision "
    "Transformer find its evidence in a hyperspectral cube?</p><p>After FOCUS: Fused Observation "
    "of Channels for Unveiling Spectra, arXiv 2507.14787; an independent implementation.</p>"
    "<p>BSD-3-Clause.</p>"
)


def show_about(window: QWidget) -> None:
    """Show version, paper and licence."""
    QMessageBox.about(window, "About FOCUS Viewer", _ABOUT.format(version=__version__))
