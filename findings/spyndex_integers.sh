#!/usr/bin/env bash
# spyndex 0.12.0: vegetation indices of 16-bit bands overflow; NDVI is 50, or 0.78 in place of 0.5.
#
# Cubes keep reflectance as int16 or uint16 times 10,000, and spyndex computes a formula in whatever
# type the bands have. In uint16, N - R of a dark or dry pixel is below 0 and becomes some 65,000:
# NDVI 49.9. In int16, N + R of a bright one is above 32,767 and becomes negative, so that a ratio
# may even look like a likely NDVI of another sign or size. NumPy says nothing of arrays, and the
# result is float64.
# What helps: bands.astype("float32") before. focus_viewer/core/spectra/indices.py does it.
#
# Seen: uint16 300 and 1000: 49.87 (right: -0.54); int16 30000 and 10000: -0.78 (right: 0.50).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet spyndex==0.12.0 numpy==2.2.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
import spyndex


def ndvi(near_infrared: int, red: int, kind: str) -> float:
    bands = {"N": np.array([near_infrared], kind), "R": np.array([red], kind)}
    return float(spyndex.computeIndex("NDVI", params=bands)[0])


unsigned, signed = ndvi(300, 1000, "uint16"), ndvi(30_000, 10_000, "int16")
right = ndvi(300, 1000, "float32"), ndvi(30_000, 10_000, "float32")
print(f"spyndex {version('spyndex')}: {unsigned:.2f} and {signed:.2f}, right {right[0]:.2f} and {right[1]:.2f}")
assert abs(right[0] + 0.538) < 1e-3 and abs(right[1] - 0.5) < 1e-3
assert unsigned > 40 and signed < -0.7, "the behaviour has changed"
PY
