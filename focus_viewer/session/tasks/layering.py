"""Layers over pictures, composed in the background: moving along the bands costs nothing more."""

from __future__ import annotations

from functools import partial

from focus_viewer.core.pictures.layers import layered
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.state.state import State
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.lane_names import LAYERS, other
from focus_viewer.session.tasks.runner import WHOLE_PATIENCE_S


class LayerTasks:
    """Composition of the picture and the layers of a document."""

    def __init__(self, session: Session, background: Background) -> None:
        self._session = session
        self._background = background

    def load(self, state: State, document: Document) -> None:
        """Compose a picture with its layers, or drop these where none is visible."""
        lane = LAYERS if document.id == state.documents.active else other(LAYERS)
        layers, base, cube = state.view.display.layers, document.composite, document.cube
        if base is None or not any(layer.visible for layer in layers):
            self._background.cancel(lane)
            self._session.documents.set_layered(document.id, None)
            return
        mask, before = document.known_mask, document.layered
        self._background.submit(
            lane,
            lambda step: layered(
                cube,
                base,
                layers,
                None if mask is None else ~mask.inside,
                before,
                step,
            ),
            partial(self._session.documents.set_layered, document.id),
            "Could not read a layer",
            reads=cube.place,
            patience_s=WHOLE_PATIENCE_S,
        )
