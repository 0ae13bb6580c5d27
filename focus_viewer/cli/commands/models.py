"""`focus-viewer models`: list of the bundled models."""

from __future__ import annotations

import typer

from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.wording import range_text


def models() -> None:
    """List the bundled models and backbones with a summary of their cards."""
    from focus_viewer.explain.model.cards import available_backbones, read_card

    for name in available_backbones():
        typer.echo(summary(read_card(name)))


def summary(card: ModelCard) -> str:
    """Return a model's card in a few lines."""
    edges = card.group_edges_nm
    entries = {
        "classes": ", ".join(card.classes) or "none: a backbone for `focus-viewer fit`",
        "reads": f"{range_text(edges[0], edges[-1])} in {len(edges) - 1} groups",
        "backbone": card.backbone,
        "extra parameters": f"{card.extra_parameters_percent:g} %",
        "trained on": card.training_data,
        "status": card.doubt or "validated",
    }
    lines = [f"  {name}: {text}" for name, text in entries.items()]
    return "\n".join([f"{card.name}, version {card.version}", *lines])
