"""Changes of the models: known ones, and the one that explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from focus_viewer.session.state.document import Document
from focus_viewer.session.state.slices.models import (
    FIRST_MODEL,
    ComparedDecision,
    ModelEntry,
    Models,
    compared_decision,
)
from focus_viewer.session.state.state import State
from focus_viewer.session.store import Changes


class ModelChanges(Changes):
    """Changes of the models; results of another than the chosen one are dropped at once."""

    def choose(self, place: str) -> None:
        """Explain with another model; all cubes are explained anew, each when it is shown."""
        models = self._state.models
        if place != models.chosen:
            self._publish_anew(replace(models, chosen=place))

    def add(self, entry: ModelEntry) -> None:
        """Add a model to the list, or renew its card."""
        models = self._state.models
        added = _with_entry(models, entry)
        before, sha256 = models.find(entry.place), entry.card.sha256
        weights_changed = before is not None and before.card.sha256 != sha256
        # Those of a project whose model was missing until now.
        results = [each.explanation for each in self._state.documents.items if each.explanation]
        outdated = any(result.card.sha256 != sha256 for result in results)
        if entry.place == models.chosen and (weights_changed or outdated):
            self._publish_anew(added)
        else:
            self._put(added)

    def take(self, found: Sequence[ModelEntry], missing: Sequence[str]) -> None:
        """Take the models that were found, and places where there is none now."""
        models = self._state.models
        places = {*(entry.place for entry in found), *missing}
        later = tuple(entry for entry in models.known if entry.place not in places)
        known, known_places = (*found, *later), {entry.place for entry in later}
        absent = tuple(place for place in missing if place not in known_places)
        self._put(replace(models, known=known, missing=absent))

    def take_decision(self, document_id: int, place: str, found: ComparedDecision) -> None:
        """Take the decision of a model on a cube, for comparison; those of closed cubes go."""
        state, models = self._state, self._state.models
        compared = {**models.compared, (document_id, place): found}
        kept = {key: own for key, own in compared.items() if state.find(key[0]) is not None}
        self._put(replace(models, compared=kept))

    def take_fingerprints(self, found: Mapping[int, str]) -> None:
        """Take the content of open cubes; that of closed ones is forgotten."""
        state, models = self._state, self._state.models
        known = {**models.fingerprints, **found}
        kept = {key: own for key, own in known.items() if state.find(key) is not None}
        self._put(replace(models, fingerprints=kept))

    def mark_missing(self, place: str) -> None:
        """Record that a model of the list cannot be read now."""
        models = self._state.models
        rest = tuple(entry for entry in models.known if entry.place != place)
        missing = tuple(dict.fromkeys((*models.missing, place)))
        self._put(replace(models, known=rest, missing=missing))

    def remove(self, place: str) -> None:
        """Remove a model from the list, not from the disk; if it explains, the first one does."""
        models = self._state.models
        rest = replace(
            models,
            known=tuple(entry for entry in models.known if entry.place != place),
            missing=tuple(absent for absent in models.missing if absent != place),
        )
        if place == models.chosen:
            self._publish_anew(replace(rest, chosen=FIRST_MODEL))
        else:
            self._put(rest)

    def _publish_anew(self, models: Models) -> None:
        """Publish another model that explains, with all cubes to be explained anew."""
        self._store.publish(explained_by(self._state, models))

    def _put(self, models: Models) -> None:
        self._store.publish(replace(self._state, models=models))


def explained_by(state: State, models: Models) -> State:
    """Return the state with another model that explains, and without results of the one before.

    Its decisions are kept for comparison.
    """
    compared = {**models.compared, **_decisions(state)}
    items = tuple(map(_unexplained, state.documents.items))
    return replace(
        state,
        models=replace(models, revision=models.revision + 1, compared=compared),
        documents=replace(state.documents, items=items),
    )


def _decisions(state: State) -> dict[tuple[int, str], ComparedDecision]:
    """Return what the model that explains decided on each open cube."""
    return {
        (document.id, state.models.chosen): compared_decision(document.cube, found)
        for document in state.documents.items
        if (found := document.explanation) is not None and not found.within
    }


def _with_entry(models: Models, entry: ModelEntry) -> Models:
    missing = tuple(place for place in models.missing if place != entry.place)
    known = tuple(entry if old.place == entry.place else old for old in models.known)
    if entry not in known:
        known = (*known, entry)
    return replace(models, known=known, missing=missing)


def _unexplained(document: Document) -> Document:
    """Return a document without results; a class that was not predicted stays chosen."""
    before = document.explanation
    followed = before is not None and document.class_name == before.predicted
    return replace(
        document,
        explanation=None,
        outcome="none",
        problem="",
        class_name=None if followed else document.class_name,
        trust=None,
        rival=None,
        decisions={},
        heatmap_asked=False,
    )
