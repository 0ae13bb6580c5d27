#!/usr/bin/env bash
# Spectral Python (spectral) 0.25: an image that is saved with its own metadata is scaled twice.
#
# ENVI's `reflectance scale factor` is applied by open().load(), which returns values of 0 to 1. The
# factor stays in img.metadata, and the usual way to save a processed image,
# envi.save_image(name, array, metadata=img.metadata), writes these values beside that factor. Every
# reader that knows the factor, Spectral Python first of all, then divides once more: reflectance is
# 10,000 times too small, and neither writing nor reading says a word.
# What helps: metadata.pop("reflectance scale factor") before saving. focus_viewer/io/metadata/
# units.py takes such a factor as applied already, from the numbers, and says so.
#
# Seen: 0.35 loaded, 3.5e-05 loaded again from the copy, with the factor 10000 in both headers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet spectral==0.25 numpy==2.2.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import spectral
from spectral.io import envi

stored = np.full((4, 5, 3), 3500, "int16")
envi.save_image("a.hdr", stored, metadata={"reflectance scale factor": 10000})
image = envi.open("a.hdr")
loaded = np.asarray(image.load())
envi.save_image("copy.hdr", loaded, metadata=image.metadata)
again = np.asarray(envi.open("copy.hdr").load())
first, second = float(loaded[0, 0, 0]), float(again[0, 0, 0])
factor = envi.open("copy.hdr").metadata["reflectance scale factor"]
print(f"spectral {spectral.__version__}: loaded {first:.4g}, again {second:.4g}, factor {factor}")
assert abs(first - 0.35) < 1e-6 and abs(second - 3.5e-5) < 1e-9, "the behaviour has changed"
PY
