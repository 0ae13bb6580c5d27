"""A region of every kind, for the tests of files that hold annotations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from focus_viewer.core.cubes.georeference import MapGrid
from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import (
    Ellipse,
    MaskShape,
    PointMark,
    Polygon,
    Rectangle,
    Shape,
)

SHAPE = (20, 30)
SQUARE = ((2.0, 3.0), (9.0, 3.0), (9.0, 12.0), (2.0, 12.0))
HOLE = ((4.0, 5.0), (6.0, 5.0), (6.0, 8.0), (4.0, 8.0))
BLOB = np.zeros(SHAPE, dtype=np.bool_)
BLOB[5:9, 10:15] = True
BLOB[6, 12] = False
BLOB[9, 15] = True
OUTLINES: list[Shape] = [
    Rectangle((1.1, 2.2), (7.3, 9.123456789012345)),
    Ellipse((12.3, 8.7), (5.5, 2.25), 33.3),
    Polygon((SQUARE, HOLE)),
    PointMark((3.7, 4.2)),
    MaskShape(5, 10, (5, 6), np.packbits(BLOB[5:10, 10:16]).tobytes()),
]
GRID = MapGrid(500_000.0, 4_000_000.0, 2.0, 2.0, 30.0, 'PROJCS["UTM 11N"]')


def all_kinds() -> Annotations:
    regions = tuple(
        Annotation(i, f"Läsion {i}", f"#0000{i:02x}", outline, "rust" if i % 2 else None)
        for i, outline in enumerate(OUTLINES, start=1)
    )
    last = replace(regions[-1], locked=True, hidden=True)
    return Annotations((*regions[:-1], last), len(regions) + 1)


def write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
