#!/usr/bin/env bash
# GDAL 3.10.3 (in rasterio 1.4.4): a datum in ENVI's map info that GDAL does not know becomes WGS 84.
#
# `map info` names the datum as its tenth word, and no list of the names is public, so that programs
# write "NAD83" or "ETRS89" as often as ENVI's own "North America 1983". GDAL knows a few spellings
# and reads every other one as WGS 84, also when it names another continent's datum, and says
# nothing. The shift is metres for NAD83 and ETRS89 and more than 100 m for ED50.
# What helps: a `coordinate system string`, which wins. focus_viewer/io/metadata/projections.py knows
# the usual spellings, notes a datum that it does not know, and writes both entries.
#
# Seen: EPSG:32632 for WGS-84, ETRS89, NAD83 and ED50 alike.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet rasterio==1.4.4 numpy==2.2.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import rasterio

header = """ENVI
samples = 4
lines = 3
bands = 1
data type = 1
interleave = bsq
byte order = 0
file type = ENVI Standard
map info = {{UTM, 1, 1, 500000, 6000000, 30, 30, 32, North, {datum}, units=Meters}}
"""
found = {}
for datum in ("WGS-84", "ETRS89", "NAD83", "ED50"):
    with open("a.img", "wb") as file:
        file.write(bytes(12))
    with open("a.hdr", "w") as file:
        file.write(header.format(datum=datum))
    with rasterio.open("a.img", driver="ENVI") as dataset:
        found[datum] = dataset.crs.to_string()
print(f"GDAL {rasterio.__gdal_version__}: {found}")
assert set(found.values()) == {"EPSG:32632"}, "the behaviour has changed"
PY
