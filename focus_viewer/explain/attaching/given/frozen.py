"""Frozen model as it is attached: its own weights, bands, normalisation and classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from focus_viewer.core.errors import CubeError, FocusError, ModelError
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.attaching.given.cubes import Opener, none_left
from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
from focus_viewer.explain.foreign.adapter import Described
from focus_viewer.explain.foreign.bands import group_neighbours
from focus_viewer.explain.foreign.model import AttachedModel
from focus_viewer.explain.foreign.state_files import (
    fill,
    has_one_output,
    read_state,
    with_two_outputs,
)
from focus_viewer.explain.foreign.storage import build_adapter, kind_of
from focus_viewer.explain.model.cards import Recipe

# Below it no band of a light sensor is: the numbers are in µm.
_LEAST_NM = 100.0


class Order(NamedTuple):
    """What is to be attached.

    Attributes
    ----------
    checkpoint : Path
        State dict.
    cubes : sequence of Opener
        Each opens a cube.
    name, command : str
        Of the model, and what makes it again.
    folder : str
        Of the cubes, with a separator at its end: it is left out of what the card says of them.
    """

    checkpoint: Path
    facts: FrozenModelFacts
    cubes: Sequence[Opener]
    plan: AttachPlan
    name: str
    command: str = ""
    folder: str = ""


class Frozen(NamedTuple):
    """Frozen model, with prompts that know nothing yet.

    Attributes
    ----------
    classes : tuple of str
        Names of its outputs.
    bands_of : str
        Where its wavelengths come from: "stated", "known" or "of a cube".
    """

    model: AttachedModel
    recipe: Recipe
    classes: tuple[str, ...]
    bands_of: str


def build_frozen(order: Order) -> Frozen:
    """Build the frozen model with its own weights.

    Raises
    ------
    ModelError
        If the state dict cannot be used, or does not fit the facts.
    FocusError
        If wavelengths are needed of cubes, and none can be opened.
    """
    facts, state = order.facts, read_state(order.checkpoint)
    _check_normalisation(facts)
    if has_one_output(state):
        facts, state = _of_two(facts), with_two_outputs(state)
    sides = {} if facts.image_size is None else {"img_size": facts.image_size}
    described = kind_of(facts.architecture).describe(
        facts.architecture, state, {**facts.options, **sides}
    )
    bands_nm, bands_of = _bands_nm(order, described)
    groups = group_neighbours(bands_nm, order.plan.groups)
    adapter = build_adapter(described.recipe, bands_nm, groups)
    fill(adapter.frozen, state, order.checkpoint, facts.architecture)
    model = AttachedModel(adapter, groups, facts.several).requires_grad_(False).eval()
    classes = _class_names(facts, len(model.anchor))  # refused now, not after an hour
    model.bands_nm.copy_(torch.from_numpy(bands_nm))
    # As (value * scale - mean) / std.
    for name, values in (("mean", facts.mean), ("std", facts.std)):
        if len(values) not in (1, len(bands_nm)):
            raise ModelError(
                f"--{name}: expected one number, or one for each of {len(bands_nm)} bands; found "
                f"{len(values)}."
            )
        getattr(model, name).copy_(torch.tensor(values, dtype=torch.float64) / facts.scale)
    return Frozen(model, described.recipe, classes, bands_of)


def _of_two(facts: FrozenModelFacts) -> FrozenModelFacts:
    """Name the two classes of a head of one output: what it is against, and what it is for."""
    if facts.several:
        raise ModelError("--several: expected a model of two outputs or more, found one.")
    # The user may state the one output that the ViT was built with.
    options = {name: value for name, value in facts.options.items() if name != "num_classes"}
    facts = replace(facts, options=options)
    if len(facts.classes) > 1:
        return facts
    (name,) = facts.classes or ("class 1",)
    return replace(facts, classes=(f"not {name}", name))


def _check_normalisation(facts: FrozenModelFacts) -> None:
    """Refuse numbers that leave nothing of a spectrum."""
    for name, values in (("mean", facts.mean), ("std", facts.std), ("factor", (facts.scale,))):
        least = -math.inf if name == "mean" else 0.0
        wrong = [each for each in values if not least < each < math.inf]
        if wrong:
            wanted = "finite numbers" if name == "mean" else "numbers above 0"
            raise ModelError(f"--{name}: expected {wanted}, found {wrong[0]:g}.")


def _bands_nm(order: Order, described: Described) -> tuple[DoubleArray, str]:
    """Return the wavelengths of the model's bands, and where they come from."""
    count, stated = described.bands, np.array(order.facts.bands_nm, dtype=np.float64)
    found, source = (stated, "stated") if stated.size else (described.bands_nm, "known")
    if found is None:
        found, source = _bands_of_cubes(order.cubes, count), "of a cube"
    if found is None or (count is not None and len(found) != count):
        wanted = "its bands" if count is None else f"its {count} bands"
        have = "none" if found is None else f"{len(found)} {source}"
        raise ModelError(
            f"{order.checkpoint}: expected a wavelength for each of {wanted}, found {have}. State "
            "them with --bands-nm, in the model's order, or a sensor with --sensor."
        )
    _check_bands(found, source)
    return found, source


def _check_bands(bands_nm: DoubleArray, source: str) -> None:
    """Refuse wavelengths that bands cannot have in nm, or share."""
    where = f"wavelengths of the bands ({source})"
    wrong = bands_nm[~(np.isfinite(bands_nm) & (bands_nm > 0))]
    if wrong.size:
        raise ModelError(f"{where}: expected numbers above 0 in nm, found {wrong[0]:g}.")
    if bands_nm.max() < _LEAST_NM:
        raise ModelError(
            f"{where}: expected nm, found {bands_nm.min():g} to {bands_nm.max():g}, which may be "
            "in µm. Multiply them by 1000."
        )
    kept, counts = np.unique(bands_nm, return_counts=True)
    if counts.max() > 1:
        raise ModelError(
            f"{where}: expected a different one for each band, found {kept[counts > 1][0]:g} nm "
            "more than once."
        )


def _bands_of_cubes(openers: Sequence[Opener], count: int | None) -> DoubleArray | None:
    """Return the wavelengths of the first cube that has so many, or of the first at all.

    A cube that cannot be opened is named when all are read.
    """
    first, reasons = None, []
    for opener in openers:
        try:
            found = opener().wavelengths_nm
        except FocusError as error:
            reasons.append(str(error))
            continue
        if found is not None and count in (None, len(found)):
            return found
        first = found if first is None else first
    if len(reasons) == len(openers):
        raise CubeError(none_left(reasons))
    return first


def _class_names(facts: FrozenModelFacts, count: int) -> tuple[str, ...]:
    """Return the names of a model's outputs: those stated, else numbers."""
    classes = facts.classes or tuple(f"class {n + 1}" for n in range(count))
    if len(classes) != count or len(set(classes)) != len(classes):
        raise ModelError(
            f"--classes: expected a different name for each of the model's {count} outputs, in "
            f"their order; found {', '.join(classes)}."
        )
    return classes
