"""Names, classes and colours of features, under the names that other programs give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from focus_viewer.io.annotations import checked_values

_NAMES = ("name", "label", "title", "plot", "plot_id", "plotid", "id")
_CLASSES = ("class_name", "class", "species", "category", "class_id")
_NUMBERED = frozenset((*_NAMES, *_CLASSES)) - {"id"}  # a row of the table, not a plot of the field
_LARGEST = 10**12
_COLOURS = ("colour", "color", "stroke", "fill")
NAMING_PROPERTIES = frozenset((*_NAMES, *_CLASSES, *_COLOURS, "classification"))
"""Properties that are read, in lower case."""


def attributes_of(properties: Mapping[str, object]) -> dict[str, object]:
    """Return name, class and colour of a region."""
    known = {name.casefold(): value for name, value in properties.items()}
    group = known.get("classification")
    classified = group if isinstance(group, dict) else {"name": group}
    return {
        "name": _first_text(known, _NAMES),
        "class_name": _first_text(known, _CLASSES) or _classification(classified),
        "colour": next(
            (known[name] for name in _COLOURS if checked_values.colour(known.get(name))),
            classified.get("color"),
        ),
    }


def _first_text(properties: Mapping[str, object], names: Iterable[str]) -> str:
    return next((text for name in names if (text := _text(name, properties.get(name)))), "")


def _classification(group: Mapping[str, object]) -> str:
    """Return the name of QuPath's classification; of one with parts as QuPath shows it."""
    names = group.get("names")
    parts = names if isinstance(names, list) else [group.get("name")]
    return ": ".join(text for part in parts if (text := checked_values.text(part)))


def _text(name: str, value: object) -> str:
    """Return a text, or a number of those that name; tables with gaps have them as decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and name in _NUMBERED:
        return str(value) if abs(value) < _LARGEST else ""
    return checked_values.text(value)
