"""Notes of a result: what must be known to read it."""

from __future__ import annotations

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.explanation import Explanation


def result_notes(cube: Cube, explanation: Explanation) -> tuple[str, ...]:
    """Return the verdict, the model's limits, and the notes of the cube and of the explanation."""
    card = explanation.card
    doubt = (f"model {card.name}: {card.doubt}",) if card.doubt else ()
    return (explanation.applicability.sentence, *doubt, *cube.notes, *explanation.notes)
