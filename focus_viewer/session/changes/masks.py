"""Changes of the mask of a document: its rules, and its pixels once they are computed."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.masks.rules import NO_MASK, How, Inverse, MaskRecipe, MaskStep, Rule
from focus_viewer.core.pictures.layers import MASK_LAYER
from focus_viewer.session.state.state import State
from focus_viewer.session.state.steps import recorded
from focus_viewer.session.store import Changes


class MaskChanges(Changes):
    """Changes of masks; each of rules, and of what they are used for, is one step to undo."""

    def start(self, rule: Rule) -> None:
        """Give the active document a mask by one rule, in place of the one that it has."""
        self._put(MaskRecipe((MaskStep(rule),)), "mask")

    def combine(self, rule: Rule, how: How) -> None:
        """Combine the mask of the active document with a further rule, or start one by it."""
        recipe = self._recipe()
        if not recipe.steps:
            self.start(rule)
        else:
            self._put(replace(recipe, steps=(*recipe.steps, MaskStep(rule, how))), "combine mask")

    def invert(self) -> None:
        """Exchange inside and outside."""
        recipe = self._recipe()
        if recipe.steps:
            last = recipe.steps[-1].rule
            twice = isinstance(last, Inverse)
            steps = recipe.steps[:-1] if twice else (*recipe.steps, MaskStep(Inverse()))
            self._put(replace(recipe, steps=steps), "invert mask")

    def clear(self) -> None:
        """Remove the mask of the active document."""
        self._put(NO_MASK, "clear mask")

    def use(self, used: bool) -> None:
        """Limit statistics to the pixels inside, or not; a mask that has none yet cannot be."""
        document, recipe = self._state.document, self._recipe()
        if recipe.steps and (not used or (document and document.known_mask)):
            name = "use mask" if used else "leave mask out"
            self._put(replace(recipe, used=used), name)

    def repeat(self, document_id: int, recipe: MaskRecipe) -> None:
        """Give a document the rules of another one's mask."""
        self._put(recipe, "mask", document_id)

    def take(self, document_id: int, mask: Mask) -> None:
        """Take the pixels of a mask, unless rules or values have changed meanwhile."""
        document = self._state.find(document_id)
        if document is not None and mask.fits(document.cube, document.mask_recipe.steps):
            self._change(document_id, lambda document: replace(document, mask=mask))

    def switch_off(self, document_id: int) -> None:
        """Leave a mask out of statistics that cannot be computed; without a step of its own."""
        self._change(
            document_id,
            lambda document: replace(
                document, mask_recipe=replace(document.mask_recipe, used=False)
            ),
        )

    def _recipe(self) -> MaskRecipe:
        document = self._state.document
        return NO_MASK if document is None else document.mask_recipe

    def _put(self, recipe: MaskRecipe, name: str, document_id: int | None = None) -> None:
        state = self._state
        chosen = state.documents.active if document_id is None else document_id
        document = state.find(chosen)
        if document is not None:
            after = recorded(document, replace(document, mask_recipe=recipe), name)
            state = _with_layer(state) if recipe.steps else state
            self._store.publish(state.with_document(after))


def _with_layer(state: State) -> State:
    """Return the state with a layer for masks, above all others unless there is one."""
    display = state.view.display
    if any(layer.recipe is None for layer in display.layers):
        return state
    display = replace(display, layers=(*display.layers, MASK_LAYER))
    return replace(state, view=replace(state.view, display=display))
