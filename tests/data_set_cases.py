"""Samples and regions of data sets that exist in memory only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from focus_viewer.core.datasets.data_set import Classes, LabelledRegion, Sample
from focus_viewer.core.regions.shapes import Rectangle


def region(box: tuple[int, int, int, int], *classes: str) -> LabelledRegion:
    """Return a rectangle from (left, top) to (right, bottom)."""
    left, top, right, bottom = box
    return LabelledRegion(Rectangle((left, top), (right, bottom)), classes, f"at {left}, {top}")


def sample(
    name: str,
    classes: Classes = (),
    regions: Sequence[LabelledRegion] = (),
    groups: Mapping[str, str] | None = None,
    folder: str = "/data",
) -> Sample:
    """Return a sample whose content is named by its file."""
    path = Path(folder) / f"{name}.hdr"
    return Sample(path, f"sha256:{name}", (30, 40, 8), classes, tuple(regions), groups or {})
