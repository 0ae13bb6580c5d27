"""Classes and groups that are known in a state, by labels and regions of the open cubes."""

from __future__ import annotations

from collections.abc import Mapping

from focus_viewer.core.datasets.cube_labels import Classes, class_names
from focus_viewer.core.datasets.natural_order import in_natural_order
from focus_viewer.session.state.state import State

# Tol's light scheme, as for regions; in the order of the groups of a study.
_COLOURS = ("#77aadd", "#ee8866", "#eedd88", "#44bb99", "#ffaabb", "#99ddff", "#bbcc33", "#dddddd")


def known_classes(state: State) -> Classes:
    """Return the classes of open cubes and their regions, in natural order."""
    documents = state.documents.items
    of_cubes = {name for document in documents for name in document.labels.classes}
    of_regions = {
        name
        for document in documents
        for region in document.annotations
        for name in class_names(region.class_name or "")
    }
    return in_natural_order(of_cubes | of_regions)


def group_columns(state: State) -> tuple[str, ...]:
    """Return the group columns of open cubes, in the order in which they came."""
    groups = (document.labels.groups for document in state.documents.items)
    return tuple(dict.fromkeys(column for own in groups for column in own))


def class_colours(state: State) -> Mapping[str, str]:
    """Return a colour, "#rrggbb", for each known class.

    That of its first region, unless another class has it; else the first free one.
    """
    names, firsts = known_classes(state), dict[str, str]()
    for document in state.documents.items:
        for region in document.annotations:
            for name in class_names(region.class_name or ""):
                firsts.setdefault(name, region.colour)
    colours = dict[str, str]()
    for name in (*(name for name in names if name in firsts), *names):
        taken = colours.values()
        free = next((each for each in _COLOURS if each not in taken), _COLOURS[0])
        own = firsts.get(name, free)
        colours.setdefault(name, free if own in taken else own)
    return colours
