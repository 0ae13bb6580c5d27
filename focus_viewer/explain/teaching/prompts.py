"""Prompts and sink for new classes, trained on coalitions in the user's own windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from focus_viewer.core.datasets.data_set import DataSet, Example
from focus_viewer.core.progress import Step, part
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray
from focus_viewer.explain.inference.group_images import GroupImages
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import FeatureReader, cells_of
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.training.config import TrainingPlan
from focus_viewer.explain.training.games import PlayedGame, play_game
from focus_viewer.explain.training.samples import SampleBatch
from focus_viewer.explain.training.trainer import Trainer

# Of windows four times as large coalitions take four times as long, and teach no more.
_WINDOW_PX = 32
_PLAYING = 0.8


def train_prompts(
    model: FocusModel, reader: FeatureReader, data_set: DataSet, plan: TeachingPlan, step: Step
) -> None:
    """Train the prompts and sink of a model whose head is taught and frozen."""
    torch.manual_seed(plan.seed)
    model.requires_grad_(False).eval()
    games = _play(model, reader, data_set, plan, part(step, 0.0, _PLAYING))
    usual = TrainingPlan(seed=plan.seed)
    stages = replace(usual, prompts=replace(usual.prompts, epochs=plan.epochs))
    trainer = Trainer(model, [], stages, step=part(step, _PLAYING, 1.0))
    trainer.train_prompts_on(games)
    model.requires_grad_(False).eval()


def _play(
    model: FocusModel, reader: FeatureReader, data_set: DataSet, plan: TeachingPlan, step: Step
) -> list[PlayedGame]:
    chosen = choose_examples(data_set, plan.windows, plan.seed)
    games: list[PlayedGame] = []
    for sample in data_set.samples:
        own = [example for example in sample.examples if example.digest in chosen]
        if not own:
            continue
        images = reader.images(sample, lambda fraction, text: step(len(games) / len(chosen), text))
        for example in own:
            step(len(games) / len(chosen), "playing coalitions")
            batch, tissue, asked = window_of(model, images, example, plan.seed)
            place = len(games)
            games.append(play_game(model, batch, tissue, plan.pairs, plan.seed, place, asked))
    return games


def choose_examples(data_set: DataSet, count: int, seed: int) -> set[str]:
    """Choose examples, by digest, as many of each class as of another, at most `count`."""
    rng = np.random.default_rng(seed)
    queues = []
    for name in data_set.classes:
        own = sorted({e.digest for e in data_set.examples if name in e.classes})
        queues.append([own[place] for place in rng.permutation(len(own))])
    chosen: dict[str, None] = {}
    for turn in range(max(map(len, queues))):
        for queue in queues:
            if turn < len(queue) and len(chosen) < max(count, len(queues)):
                chosen[queue[turn]] = None
    return set(chosen)


def window_of(
    model: FocusModel, images: GroupImages, example: Example, seed: int
) -> tuple[SampleBatch, BoolArray, BoolArray]:
    """Cut a window around a patch of an example.

    Returns
    -------
    tuple of SampleBatch and two BoolArray, shape (1, side, side)
        A batch of one, its pixels of tissue, and those of the example's patches.
    """
    layout, patch = images.layout, images.layout.patch_px
    side = _side(model) // patch
    own = cells_of(example, images).numpy()
    cells = np.argwhere(own)
    middle = cells[np.random.default_rng([seed, len(cells)]).integers(len(cells))] + layout.first
    corner = [
        int(np.clip(place - side // 2, 0, padded - side)) * patch
        for place, padded in zip(middle, layout.padded, strict=True)
    ]
    rows, cols = (slice(first, first + side * patch) for first in corner)
    shown = np.ones((side * patch, side * patch), dtype=np.bool_)
    if images.tissue is not None:
        shown = images.tissue.pixels[rows, cols, 0] > 0
    padded = np.zeros(layout.padded, dtype=np.bool_)
    (top, left), (height, width) = layout.first, own.shape
    padded[top : top + height, left : left + width] = own
    asked = padded.repeat(patch, axis=0).repeat(patch, axis=1)[rows, cols]
    batch = _batch(images.padded.pixels[rows, cols], images.grouping.groups)
    return batch, shown[None], asked[None]


def _side(model: FocusModel) -> int:
    """Return the width of windows: small ones, if the backbone takes any size."""
    vit = model.backbone.vit
    free = vit.pos_embed is None and bool(getattr(vit, "dynamic_img_size", False))
    return min(_WINDOW_PX, model.backbone.window_px) if free else model.backbone.window_px


def _batch(pixels: FloatArray, groups: IntArray) -> SampleBatch:
    nothing = np.zeros((1, *pixels.shape[:2]), dtype=np.bool_)
    unknown = np.zeros((1, len(groups)), dtype=np.float32)
    labels = np.zeros(1, dtype=np.intp)
    return SampleBatch(pixels[None].copy(), groups, labels, ~nothing, nothing, unknown)
