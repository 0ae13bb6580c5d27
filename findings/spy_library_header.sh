#!/usr/bin/env bash
# Spectral Python (spectral) 0.25: the header of a spectral library does not count as that of an image.
#
# ENVI's header is the same for images and for spectral libraries (.sli), and spectral.io.envi.open
# takes both. Of an image it applies `reflectance scale factor` and skips `header offset`; of a
# library it does neither, without a word: spectra come 10,000 times too large beside those of the
# image that they were taken from, and bytes ahead of the values are read as values, which shifts all
# spectra along the wavelengths.
# What helps: to open a copy of the header without `file type` as an image of one band, or another
# reader. focus_viewer/io/spectral_libraries/envi_library.py reads both as one layout.
#
# Seen: image 0.1, 0.2, 0.3; library 1000, 2000, 3000; with an offset of 4 bytes 257, 257, 1000.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet spectral==0.25 numpy==2.2.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pathlib import Path

import numpy as np
import spectral
from spectral.io import envi

STORED = np.array([[1000, 2000, 3000], [4000, 5000, 6000]], "<i2")


def first_spectrum(kind: str, offset: int) -> list[float]:
    """Return the first line of a file with a scale factor of 10,000, opened as an image or library."""
    Path("a.sli").write_bytes(b"\1" * offset + STORED.tobytes())
    Path("a.hdr").write_text(
        f"ENVI\nsamples = 3\nlines = 2\nbands = 1\nheader offset = {offset}\nfile type = {kind}\n"
        "data type = 2\ninterleave = bsq\nbyte order = 0\nreflectance scale factor = 10000\n"
        "wavelength units = Nanometers\nwavelength = {500, 600, 700}\n"
    )
    opened = envi.open("a.hdr", "a.sli")
    values = opened.spectra if hasattr(opened, "spectra") else opened.load()[:, :, 0]
    return [round(float(value), 6) for value in np.asarray(values)[0]]


for offset, expected in ((0, [1000, 2000, 3000]), (4, [257, 257, 1000])):
    image = first_spectrum("ENVI Standard", offset)
    library = first_spectrum("ENVI Spectral Library", offset)
    print(f"spectral {spectral.__version__}, offset {offset}: image {image}, library {library}")
    assert image == [0.1, 0.2, 0.3], "the behaviour has changed"
    assert library == expected, "the behaviour has changed"
PY
