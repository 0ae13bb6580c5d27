"""Steps of pre-training: a data set is drawn, and linear heads are to read it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.pretraining.data_sets import (
    DrawnDataSet,
    DrawPlan,
    draw_data_set,
    patch_materials,
    patch_means,
)
from focus_viewer.explain.pretraining.lessons import Lesson, unread_detail, unread_materials
from focus_viewer.explain.training.blanking import blank, random_blanks
from focus_viewer.explain.training.config import Stage
from focus_viewer.explain.training.stages import Outcome

STEPS_PER_EPOCH = 100


@dataclass(frozen=True)
class PretrainingPlan:
    """Plan of pre-training.

    Attributes
    ----------
    blanked : float
        Share of the data sets of which groups and cells are blank.
    materials : float
        Weight of telling materials from one another, beside reading their spectra.
    """

    epochs: int = 20
    rate: float = 1e-3
    seed: int = 0
    blanked: float = 0.1
    materials: float = 1.0
    drawn: DrawPlan = field(default_factory=DrawPlan)

    @property
    def stage(self) -> Stage:
        """The one stage of it."""
        most = self.drawn.most_groups
        return Stage("spectra", self.epochs, self.rate, least_groups=1, most_groups=most)


class SpectraSteps:
    """Steps that train a backbone by what linear heads read of its patches.

    Parameters
    ----------
    library : FloatArray, shape (n, groups)
        Spectra from which data sets are drawn.
    steps : int
        In an epoch.
    """

    def __init__(
        self,
        model: FocusModel,
        library: FloatArray,
        plan: PretrainingPlan,
        steps: int = STEPS_PER_EPOCH,
    ) -> None:
        self.stage = plan.stage
        # The way by which spectra pass unmixed stays as it is: it takes little to spoil it.
        self.trained: nn.Module = model.backbone.vit.blocks
        self.steps = steps
        self._model = model
        self._library = library
        self._plan = plan

    def outcome(self, index: int, rng: np.random.Generator) -> Outcome:
        """Draw a data set, blank parts of it, and let heads read the rest."""
        drawn = draw_data_set(self._library, rng, self._plan.drawn)
        images = drawn.images
        if rng.random() < self._plan.blanked:
            images = blank(images, random_blanks(rng, *images.shape[:2]))
        lesson = read_lesson(self._model, drawn, images)
        missed, right = unread_materials(lesson)
        parts = {
            "unread": unread_detail(lesson),
            "materials": self._plan.materials * missed,
        }
        return Outcome(parts, {"accuracy": right})


def read_lesson(model: FocusModel, drawn: DrawnDataSet, images: Tensor | None = None) -> Lesson:
    """Read a data set, or another version of its images, by a model's backbone."""
    backbone = model.backbone
    seen = drawn.images if images is None else images
    patches = backbone.patches(backbone.tokens(seen, drawn.groups))
    count, side = int(drawn.material.max()) + 1, backbone.patch_px
    shares = patch_materials(drawn.material, count, side)
    return Lesson(patches, patch_means(drawn.clean, side), shares)


@torch.inference_mode()
def measure_reading(
    model: FocusModel | None, library: FloatArray, data_sets: int, seed: int
) -> dict[str, float]:
    """Measure what heads read of a model's patches, on spectra that it was not trained on.

    At all spectral groups that a drawn sensor has.

    Parameters
    ----------
    model : FocusModel or None
        None for the mean of each group over a patch, without any backbone.
    """
    rng = np.random.default_rng([seed, data_sets])
    plan = DrawPlan(windows=48, most_groups=library.shape[1])
    found = []
    for _ in range(data_sets):
        drawn = draw_data_set(library, rng, plan)
        lesson = _plain(drawn) if model is None else read_lesson(model, drawn)
        missed, right = unread_materials(lesson)
        found.append((float(unread_detail(lesson)), float(missed), float(right)))
    detail, materials, accuracy = np.mean(found, axis=0).round(3).tolist()
    return {"unread detail": detail, "unread materials": materials, "accuracy": accuracy}


def _plain(drawn: DrawnDataSet, patch_px: int = 4) -> Lesson:
    count = int(drawn.material.max()) + 1
    shares = patch_materials(drawn.material, count, patch_px)
    spectra = patch_means(drawn.clean, patch_px)
    return Lesson(patch_means(drawn.images, patch_px), spectra, shares)
