#!/usr/bin/env bash
# Spectral Python (spectral) 0.25: BandResampler has no bands where wavelengths descend.
#
# BandResampler(source, target) takes the width of each band from the distance to its neighbours. Of
# wavelengths that descend, as some instruments and spectral libraries list them, all widths become
# negative: bands inside the source's range are taken for ones without overlap and become NaN (in the
# log at level info), and the others get weights that are wrong. It is the same where the target
# descends. Nothing is raised, and the same arrays the other way round are right.
# What helps: to put both in ascending order, or to give the widths. focus_viewer puts the bands of a
# cube in the order of their wavelengths as it opens it, and notes it.
#
# Seen: of 12 bands of a target ascending all are right; of a descending source 11 are NaN and the last,
# at 975 nm, is 971.8 of a spectrum whose value is its wavelength; of a descending target all are NaN.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet spectral==0.25 numpy==2.2.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import spectral

source, target = np.arange(400.0, 1000.0, 10.0), np.arange(425.0, 1000.0, 50.0)
ascending = spectral.BandResampler(source, target)(source)
descending = spectral.BandResampler(source[::-1], target)(source[::-1])
other = spectral.BandResampler(source, target[::-1])(source)
print(f"spectral {spectral.__version__}: {ascending}, source descending {descending}, target {other}")
assert np.abs(ascending - target).max() < 2
assert np.isnan(descending[:11]).all() and abs(descending[11] - 971.8) < 0.1, "it has changed"
assert np.isnan(other).all(), "the behaviour has changed"
PY
