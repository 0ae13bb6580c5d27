"""Distinct names of the open cubes, with folders or numbers where the names are the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from focus_viewer.session.state.document import Document, Documents


def document_names(documents: Documents) -> dict[int, str]:
    """Return a name for each open document: that of its cube, made distinct.

    Cubes of one name from several folders have the last folders in which they differ; a cube that
    is open several times has a number from the second on.
    """
    items = documents.items
    counts = Counter(each.cube.name for each in items)
    names: dict[int, str] = {}
    taken: Counter[str] = Counter()
    for document in items:
        name = document.cube.name
        if counts[name] > 1:
            others = [each for each in items if each.cube.name == name]
            name += _folder_text(document, others)
        taken[name] += 1
        names[document.id] = f"{name} ({taken[name]})" if taken[name] > 1 else name
    return names


def _folder_text(document: Document, others: Sequence[Document]) -> str:
    """Return ` - FOLDER`, with as many folders as make a cube distinct; empty if none do."""
    folders = {each.cube.path.parent.parts for each in others if each.cube.path is not None}
    if document.cube.path is None or len(folders) < 2:
        return ""
    own = document.cube.path.parent.parts
    depth = 1
    while sum(parts[-depth:] == own[-depth:] for parts in folders) > 1:
        depth += 1
    return f" - {'/'.join(own[-depth:])}"
