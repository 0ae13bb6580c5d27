"""Evaluation of a model on the examples of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.datasets.data_set import DataSet, DataSetError, Example, Sample
from focus_viewer.core.preprocessing.spatial_binning import binned
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.request import ExplainRequest, Within
from focus_viewer.core.typing import BoolArray, DoubleArray
from focus_viewer.core.validation.cross_validation import membership
from focus_viewer.explain.inference.explainer import Explainer, most_pixels
from focus_viewer.explain.inference.group_images import read_group_images
from focus_viewer.explain.model.checkpoint import LoadedModel
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.head import pooled
from focus_viewer.explain.teaching.features import cells_of, read_patches
from focus_viewer.explain.teaching.pixels import Opener


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Decisions of a model on examples.

    Attributes
    ----------
    examples : tuple of Example
    labels : BoolArray, shape (examples, classes)
    probabilities : DoubleArray, shape (examples, classes)
    verdicts : mapping of str to Applicability
        Of each cube, by its fingerprint.
    notes : tuple of str
    """

    examples: tuple[Example, ...]
    labels: BoolArray
    probabilities: DoubleArray
    verdicts: dict[str, Applicability]
    notes: tuple[str, ...]


def evaluate(model: str | Path, data_set: DataSet, open_sample: Opener, step: Step) -> Evaluation:
    """Let a model decide on all examples of its classes.

    The decision on a region is that of an explanation which is restricted to it. A taught model
    reads each cube once for it.

    Raises
    ------
    DataSetError
        If the data set has none of the model's classes.
    ModelError
        If there is no such model.
    """
    explainer = Explainer()
    loaded = explainer.load(str(model))
    classes = loaded.card.classes
    known = [name for name in data_set.classes if name in classes]
    foreign = ", ".join(name for name in data_set.classes if name not in classes)
    if not known:
        raise DataSetError(
            f"{data_set.name or 'The data set'}: expected examples of {', '.join(classes)}, found "
            f"{foreign or 'none'}. Evaluate a model that knows these classes."
        )
    kept = data_set.only(known)
    rows: list[DoubleArray] = []
    verdicts: dict[str, Applicability] = {}
    for done, sample in enumerate(kept.samples):
        own = part(step, done / len(kept.samples), (done + 1) / len(kept.samples))
        cube = open_sample(sample)
        if isinstance(loaded.model, FocusModel) and loaded.model.taught:
            focus = LoadedModel(loaded.card, loaded.model)
            rows.append(_of_patches(focus, cube, sample, own))
        else:
            rows += [_explained(explainer, str(model), cube, e, own) for e in sample.examples]
        request = ExplainRequest(0, cube, str(model), "cpu")
        verdicts[sample.fingerprint] = explainer.judge(request, own)
    return Evaluation(
        kept.examples,
        membership(kept.examples, classes),
        np.concatenate(rows),
        verdicts,
        (f"not evaluated, as the model does not know them: {foreign}",) if foreign else (),
    )


def _explained(
    explainer: Explainer, model: str, cube: Cube, example: Example, step: Step
) -> DoubleArray:
    """Return the probabilities of an example, (1, classes), by an explanation."""
    crop = example.crop
    within = None
    if example.region is not None and crop is not None:
        within = Within(example.name, crop.rows, crop.cols, crop.inside)
    request = ExplainRequest(0, cube, model, "cpu", within)
    return explainer.explain(request, step).probabilities[None]


@torch.inference_mode()
def _of_patches(loaded: LoadedModel, cube: Cube, sample: Sample, step: Step) -> DoubleArray:
    """Return the probabilities of a cube's examples, (examples, classes)."""
    card, model = loaded
    coarse = binned(cube, most_pixels(model))
    images = read_group_images(coarse, model, card.edges_nm, step, original=cube)
    cells = [cells_of(example, images) for example in sample.examples]
    patches = read_patches(model, images, torch.stack(cells).any(0), step)
    vit = model.backbone.vit
    found = [vit.head(pooled(vit, patches[own][None]))[0] for own in cells]
    scaled = torch.stack(found).double() / card.temperature(images.grouping.edges_nm)
    return np.asarray((scaled.sigmoid() if card.several else scaled.softmax(1)).numpy())
