"""Card of an attached model: what it was attached with, and how its explanations agree."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
import timm
import torch

from focus_viewer.core.counted import counted
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.explain.attaching.cautions import find_cautions
from focus_viewer.explain.attaching.faithfulness import Faithfulness
from focus_viewer.explain.attaching.given.cubes import Collected
from focus_viewer.explain.attaching.given.frozen import Frozen, Order
from focus_viewer.explain.inference.attached_applicability import (
    CELLS,
    CELLS_NOISE,
    CURVE,
    CURVE_NOISE,
)
from focus_viewer.version import __version__

_ORIGIN = "a frozen model of another origin: how good its decisions are was not checked here"


def write_card(
    order: Order,
    frozen: Frozen,
    found: Collected,
    agreement: Faithfulness,
    decided: Mapping[str, int],
) -> ModelCard:
    """Write what is known of an attached model, and what must be minded about it.

    Parameters
    ----------
    decided : mapping of str to int
        Number of windows that it decides for each class.
    """
    facts, model = order.facts, frozen.model
    cautions = find_cautions(facts, frozen, found, decided)
    extra = sum(each.numel() for each in model.reader.parameters())
    edges = model.groups.edges_nm
    cubes = len(found.train) + (len(found.held_out) if found.how == "cubes" else 0)
    return ModelCard(
        name=order.name,
        version="1",
        backbone=f"{facts.architecture}, trained elsewhere",
        classes=frozen.classes,
        several=facts.several,
        group_edges_nm=(*edges[:, 0].tolist(), float(edges[-1, 1])),
        training_data=f"attached without labels, with {counted(cubes, 'cube')}",
        validated=False,
        warning="; ".join([_ORIGIN, *cautions]),
        extra_parameters_percent=round(
            100 * extra / sum(each.numel() for each in model.adapter.frozen.parameters()), 3
        ),
        sha256="",
        command=order.command,
        measured=_measured(agreement),
        attached={**_facts(order, frozen, found), "decided": dict(decided)},
    )


def _measured(agreement: Faithfulness) -> dict[str, float]:
    found = {
        CURVE: agreement.curve,
        CELLS: agreement.cells,
        CURVE_NOISE: agreement.curve_noise,
        CELLS_NOISE: agreement.cells_noise,
        "sink_remainder": agreement.remainder,
    }
    # What is one group, or one place, agrees with nothing.
    return {name: round(value, 3) for name, value in found.items() if isfinite(value)}


def _facts(order: Order, frozen: Frozen, found: Collected) -> Mapping[str, Any]:
    return {
        "checkpoint": order.checkpoint.name,
        "checkpoint_sha256": hashlib.sha256(order.checkpoint.read_bytes()).hexdigest(),
        "cubes": len(found.train),
        "skipped": [reason.replace(order.folder, "") for reason in found.skipped],
        "bands_nm": frozen.bands_of,
        "held_out": found.how,
        "windows": sum(len(each.images) for each in found.train),
        "held_out_windows": sum(len(each.images) for each in found.held_out),
        "units": sorted({each.units for each in found.train}),
        "window_px": frozen.model.adapter.window_px,
        "nothing_shown": "the mean spectrum of these cubes",
        "image_logit": "the mean over its windows",
        "seed": order.plan.seed,
        "versions": {
            "focus-viewer": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "timm": timm.__version__,
            "numpy": np.__version__,
        },
    }
