"""Games in the user's own windows: a taught model's values of coalitions, played once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from focus_viewer.core.datasets.data_set import DataSet, Example, Sample
from focus_viewer.core.progress import Step
from focus_viewer.core.typing import BoolArray, FloatArray, IntArray
from focus_viewer.explain.inference.group_images import GroupImages
from focus_viewer.explain.model.backbone import Reading, UsualLeaf
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import FeatureReader, cells_of, model_digest
from focus_viewer.explain.teaching.journal import Arrays, Journal
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.training.games import PlayedGame, play_game
from focus_viewer.explain.training.losses import Game
from focus_viewer.explain.training.samples import SampleBatch

# Of windows four times as large coalitions take four times as long, and teach no more.
_WINDOW_PX = 32


def play_own_games(
    model: FocusModel, reader: FeatureReader, data_set: DataSet, plan: TeachingPlan, step: Step
) -> list[PlayedGame]:
    """Evaluate a game in a window of each chosen example, unless it is in the journal."""
    chosen = choose_examples(data_set, plan.windows, plan.seed)
    journal, key = Journal(reader.cache), f"{_digest(model)} {plan.pairs} {plan.seed}"
    games: list[PlayedGame] = []

    def report(fraction: float, text: str) -> None:
        step(len(games) / len(chosen), text)

    for sample in data_set.samples:
        read = _Images(reader, sample, report)
        for example in (each for each in sample.examples if each.digest in chosen):
            report(0.0, "playing coalitions")
            own = f"{key} {len(games)} {example.digest} {DataSet((sample,)).fingerprint}"
            play = partial(_played, model, read, example, plan, len(games))
            games.append(game_of(journal.found("game", own, play)))
    return games


class _Images:
    """Groups of a cube, read when they are first needed."""

    def __init__(self, reader: FeatureReader, sample: Sample, step: Step) -> None:
        self._reader, self._sample, self._step = reader, sample, step
        self._images: GroupImages | None = None

    def read(self) -> GroupImages:
        if self._images is None:
            self._images = self._reader.images(self._sample, self._step)
        return self._images


def _played(
    model: FocusModel, read: _Images, example: Example, plan: TeachingPlan, place: int
) -> Arrays:
    batch, tissue, asked = window_of(model, read.read(), example, plan.seed)
    return arrays_of(play_game(model, batch, tissue, plan.pairs, plan.seed, place, asked))


def _digest(model: FocusModel) -> str:
    """Return the SHA-256 of all that the values of coalitions depend on."""
    vit = model.backbone.vit
    found = hashlib.sha256(f"{model_digest(model)} {vit.global_pool}".encode())
    for values in vit.head.state_dict().values():
        found.update(values.cpu().contiguous().numpy().tobytes())
    return found.hexdigest()


def arrays_of(played: PlayedGame) -> Arrays:
    """Return a game as arrays, by name."""
    parts: dict[str, Mapping[str, Tensor]] = {
        "found": played.found._asdict(),
        "usual": played.usual._asdict(),
        "game": played.game._asdict(),
        "own": {"groups": played.groups, "shown": played.shown, "noisy": played.noisy},
    }
    return {
        f"{name}.{field}": values.numpy()
        for name, part in parts.items()
        for field, values in part.items()
    }


def game_of(arrays: Arrays) -> PlayedGame:
    """Return the game that `arrays_of` made arrays of."""
    return PlayedGame(
        found=Reading(**_part(arrays, "found")),
        usual=UsualLeaf(**_part(arrays, "usual")),
        game=Game(**_part(arrays, "game")),
        **_part(arrays, "own"),
    )


def _part(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, Tensor]:
    return {
        key.removeprefix(f"{name}."): torch.from_numpy(values)
        for key, values in arrays.items()
        if key.startswith(f"{name}.")
    }


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
