"""Attributes of regions in files: all except the shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from focus_viewer.core.regions.annotations import Annotation, Annotations
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.io.annotations import plain

# Okabe and Ito's colours, which the colour-blind can distinguish: https://jfly.uni-koeln.de/color/
_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")


def about(region: Annotation) -> dict[str, object]:
    """Return name, colour, class and state of a region, for a JSON file."""
    return {
        "name": region.name,
        "colour": region.colour,
        "class_name": region.class_name,
        "locked": region.locked,
        "hidden": region.hidden,
    }


def region_of(outline: Shape, attributes: Mapping[str, object]) -> Annotation:
    """Return a region with its attributes; "" and 0 if they are missing, see `numbered`."""
    return Annotation(
        id=0,
        name=plain.text(attributes.get("name")),
        colour=plain.colour(attributes.get("colour")) or "",
        outline=outline,
        class_name=plain.text(attributes.get("class_name")) or None,
        locked=attributes.get("locked") is True,
        hidden=attributes.get("hidden") is True,
    )


def numbered(regions: Iterable[Annotation]) -> Annotations:
    """Return annotations with ids from 1, and a name and a colour for each that has none."""
    finished = tuple(
        replace(
            region,
            id=number,
            name=region.name or region.class_name or f"Region {number}",
            colour=region.colour or _COLOURS[(number - 1) % len(_COLOURS)],
        )
        for number, region in enumerate(regions, start=1)
    )
    return Annotations(finished, len(finished) + 1)
