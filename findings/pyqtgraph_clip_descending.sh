#!/usr/bin/env bash
# pyqtgraph 0.14.0: a curve whose x descends is gone once it is clipped to the view.
#
# setClipToView(True), alone or with downsampling, is the usual way to draw long curves quickly. It
# looks the ends of the view up in x by bisection, which holds for ascending x alone, and does not
# look whether x ascends. Spectra often do not: FTIR and Raman files descend in wavenumber, and the
# bands of several spectrometers (AVIRIS, Hyperion) go back where two of them overlap. A descending
# curve keeps one point, an overlapping one loses some at the edge of the view; without an error, and
# only once the user has zoomed in.
# What helps: to sort by x before plotting, or no clipping. Our curves are put in the order of their
# wavelengths when a cube is opened, and are not clipped.
#
# Seen: of 190 points in the view 190 are drawn, descending none; of 15 overlapping ones 13.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyqtgraph==0.14.0 PySide6-Essentials==6.10.3 numpy==2.2.6
cd "$folder"
QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" - <<'PY'
import numpy as np
import pyqtgraph as pg

application = pg.mkQApp()
plot = pg.PlotWidget()
plot.resize(600, 400)
plot.show()


def kept(x: np.ndarray, low: float, high: float) -> tuple[int, int]:
    """Return how many points of a curve are in the view, and how many of them are drawn."""
    plot.clear()
    curve = plot.plot(x, np.sin(x / 50))
    curve.setClipToView(True)
    plot.setXRange(low, high, padding=0)
    application.processEvents()
    drawn = curve.getData()[0]
    return int(((x >= low) & (x <= high)).sum()), int(((drawn >= low) & (drawn <= high)).sum())


ascending = np.linspace(400, 2500, 2000)
overlapping = np.concatenate([np.arange(400, 701, 5.0), np.arange(652, 1001, 5.0)])
seen = [kept(ascending, 1000, 1200), kept(ascending[::-1], 1000, 1200), kept(overlapping, 600, 660)]
print(f"pyqtgraph {pg.__version__}: in view and drawn, ascending, descending, overlapping: {seen}")
assert seen[0][1] == seen[0][0] > 100
assert seen[1][1] == 0 and seen[2][1] < seen[2][0], "the behaviour has changed"
PY
