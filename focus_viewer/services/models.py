"""Adapter of `focus_viewer.session.tasks.service_protocols.ModelFiles`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from focus_viewer.core.saliency.model_card import ModelCard


class BundledModelFiles:
    """Folders of models, read by `focus_viewer.explain.model.cards` without torch."""

    def bundled(self) -> Sequence[str]:
        """See `ModelFiles.bundled`."""
        from focus_viewer.explain.model.cards import available_models

        return available_models()

    def model_at(self, path: Path) -> Path | None:
        """See `ModelFiles.model_at`."""
        from focus_viewer.explain.model.cards import CARD, WEIGHTS

        folder = path.parent if path.name in (CARD, WEIGHTS) else path
        try:
            return folder if (folder / CARD).is_file() else None
        except OSError:  # reported when it is opened as something else
            return None

    def read_card(self, place: str) -> ModelCard:
        """See `ModelFiles.read_card`."""
        from focus_viewer.explain.model.cards import read_deciding_card

        return read_deciding_card(place)


def place_of(model: str) -> str:
    """Return a model as the session knows it: the name of a bundled one, or an absolute folder."""
    from focus_viewer.explain.model.cards import CARD, available_models

    if model in available_models():
        return model
    return str(Path(model).absolute()) if (Path(model) / CARD).is_file() else model
