"""Rivals of FOCUS in a window: the usual methods, as large as a user can wait for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count

from focus_viewer.core.saliency.trust import RIVAL_UNITS, MethodTrial
from focus_viewer.explain.baselines.cls_attention import ClsAttention
from focus_viewer.explain.baselines.grad_cam import GradCam
from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.baselines.libraries import load_library
from focus_viewer.explain.baselines.method import Baseline, Question, explain
from focus_viewer.explain.baselines.model_free.departure import SpectralAngle
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.trust.removal import RemovalGame
from focus_viewer.explain.trust.trial_image import TrialImage

_STEPS = 16
_PLACES, _DEPTHS = 25, 4
_LEAST_CELLS, _LEAST_GROUPS = 2, 3
_GRAD_CAM, _CAPTUM = ("pytorch_grad_cam", "grad-cam"), ("captum.attr", "captum")


@dataclass(frozen=True, eq=False)
class Rival:
    """Method to compare with.

    Attributes
    ----------
    name : str
        As people call it.
    passes : int
        That it takes, forward.
    note : str
        How it is run.
    library : tuple of str
        Module and package that it needs; loading them does not count as its time.
    """

    name: str
    baseline: Baseline
    passes: int
    note: str = ""
    library: tuple[str, str] | None = None


def rivals_for(image: TrialImage) -> tuple[Rival, ...]:
    """Return the rivals, the cheapest first; occlusion's blocks fit the image."""
    rows, cols, groups = image.filled.shape
    cells = next(
        side for side in count(_LEAST_CELLS) if -(-rows // side) * -(-cols // side) <= _PLACES
    )
    deep = max(_LEAST_GROUPS, -(-groups // _DEPTHS))
    blocks = -(-rows // cells) * -(-cols // cells) * -(-groups // deep)
    return (
        Rival("Spectral angle", SpectralAngle(), 0, "to the median leaf; knows no model"),
        Rival("CLS attention", ClsAttention(), 1, "the same for every class"),
        Rival("Grad-CAM", GradCam(), 1, library=_GRAD_CAM),
        Rival(
            "Integrated gradients",
            IntegratedGradients(steps=_STEPS),
            _STEPS,
            f"{_STEPS} steps",
            _CAPTUM,
        ),
        Rival(
            "Occlusion",
            Occlusion(cells=cells, groups=deep),
            blocks + 1,
            f"{blocks} blocks of {cells} × {cells} cells and {deep} groups",
            _CAPTUM,
        ),
    )


def try_rival(
    rival: Rival,
    backbone: BandPureBackbone,
    image: TrialImage,
    target: tuple[int, str],
    game: RemovalGame,
) -> MethodTrial:
    """Explain by a rival, and remove what it calls strongest first.

    Parameters
    ----------
    target : tuple of int and str
        Position and name of the class.

    Raises
    ------
    FocusError
        If its library is not installed, or it cannot follow the backbone.
    """
    if rival.library is not None:
        load_library(*rival.library)
    position, class_name = target
    question = Question(
        image.images, image.groups, position, image.edges_nm, class_name, image.data
    )
    started = time.perf_counter()
    found = explain(rival.baseline, backbone, question)
    seconds = time.perf_counter() - started
    cells = found.volume.values.astype("float64")
    return MethodTrial(
        rival.name,
        image.volume_of(found.volume.values, class_name, rival.baseline.mode, rival.name),
        tuple(game.strongest_first(cells, unit) for unit in RIVAL_UNITS),
        found.forward_passes,
        found.backward_passes,
        seconds,
        rival.note,
    )
