"""Keys, patches and decisions of a frozen backbone, kept from one epoch to the next.

A copy of the default order (320 sensors of 10 scenes, a quarter of them 64 x 64 px and the others
32 x 32, 32 groups on average) takes 1.5 GB: every patch and group keeps a vector of 64 numbers in
half precision.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.progress import Step
from focus_viewer.core.typing import IntArray
from focus_viewer.explain.model.backbone import BandPureBackbone, Reading
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.training.localisation import whereabouts
from focus_viewer.explain.training.losses import Target
from focus_viewer.explain.training.samples import Lesson, add_noise, turned

_HALF_BYTES = 2
# Of the seeds of copies, so that they are not those of the stages, which are shorter.
_COPIES = 3
_MANY = 2**31


class ReadLesson(NamedTuple):
    """What the frozen backbone makes of a lesson.

    Attributes
    ----------
    found : Reading
        Of the backbone.
    departures : Tensor, shape (batch, patches, groups)
    groups : Tensor of int64, shape (groups,)
    target : Target
    """

    found: Reading
    departures: Tensor
    groups: Tensor
    target: Target

    def take(self, kept: IntArray, device: torch.device) -> ReadLesson:
        """Keep the present groups at these positions, in single precision, on a device.

        The backbone's own decision stays that on all groups.
        """
        chosen = torch.from_numpy(kept)
        keys = self.found.keys[:, chosen].to(device).float()
        found = Reading(keys, self.found.patches.to(device).float())
        departures = self.departures[..., chosen].to(device).float()
        labels, teacher, noisy, seen = (each.to(device) for each in self.target)
        target = Target(labels, teacher, noisy[..., chosen.to(device)], seen)
        return ReadLesson(found, departures, self.groups[chosen].to(device), target)


class TapCache:
    """Lessons as a frozen backbone reads them, in a few turned and noised copies.

    Lessons may differ in size. What a copy holds depends on the seed, the lesson and the copy's
    number alone, not on what was read before: training that goes on finds the same.

    Parameters
    ----------
    model : FocusModel
        Its backbone is frozen.
    lessons : list of Lesson
    seed : int
    """

    def __init__(self, model: FocusModel, lessons: list[Lesson], seed: int) -> None:
        self._model = model
        self._lessons = lessons
        self._seed = seed
        self._copies: list[list[ReadLesson]] = []

    def fill(self, copies: int, step: Step) -> None:
        """Read every lesson so many times and keep it in the main memory.

        Raises
        ------
        Cancelled
            From `step`.
        """
        total = max(copies * len(self._lessons), 1)
        for copy in range(copies):
            read = []
            for index in range(len(self._lessons)):
                step((copy * len(self._lessons) + index) / total, "reading tokens")
                read.append(self._read(index, copy))
            self._copies.append(read)

    def draw(self, index: int, rng: np.random.Generator) -> ReadLesson:
        """Any of a lesson's copies; where none is kept, a fresh one is read."""
        if not self._copies:
            return self._read(index, int(rng.integers(_MANY)))
        return self._copies[int(rng.integers(len(self._copies)))][index]

    def _read(self, index: int, copy: int) -> ReadLesson:
        rng = np.random.default_rng([self._seed, _COPIES, index, copy])
        return read_lesson(self._model, self._lessons[index], rng)


@torch.no_grad()
def read_lesson(model: FocusModel, lesson: Lesson, rng: np.random.Generator) -> ReadLesson:
    """Turn a lesson, make it noisy, and read it with all of its groups.

    The typical leaf and every pixel's brightness are those over all of the lesson's groups, also
    where a step then takes a few of them: a narrower sensor would measure slightly others.

    Parameters
    ----------
    model : FocusModel
    lesson : Lesson
    rng : numpy.random.Generator

    Returns
    -------
    ReadLesson
        On the CPU, keys, patches and departures in half precision. Tokens off the leaf count as
        noise: there is nothing to see.
    """
    backbone, device = model.backbone, model.mean.device
    images, leaf = _turned_with_leaf(model, lesson, rng)
    images, noisy = add_noise(images, backbone.patch_px, rng)
    images, groups = images.to(device), torch.from_numpy(lesson.groups).to(device)
    labels, departures = torch.from_numpy(lesson.labels), model.departures(images)
    tokens = backbone.tokens(images, groups)
    found = Reading(*(each.half().cpu() for each in backbone.read(tokens)))
    seen = whereabouts(
        backbone,
        tokens,
        departures,
        groups,
        labels.to(device),
        leaf.to(device),
        model.prompts.anchor,
    )
    teacher = backbone.decide(tokens).cpu()
    target = Target(labels, teacher, noisy | ~leaf[..., None], seen.cpu())
    return ReadLesson(found, departures.half().cpu(), groups.cpu(), target)


def _turned_with_leaf(
    model: FocusModel, lesson: Lesson, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Images, and which patches lie mostly on the leaf: bool of shape (scenes, patches)."""
    images = lesson.tensor(model.statistics(lesson.groups))
    mask = torch.from_numpy(lesson.leaf)[:, None].to(images)
    both = turned(torch.cat([images, mask], dim=1), rng)
    share = functional.avg_pool2d(both[:, -1:], model.backbone.patch_px).flatten(1)
    return both[:, :-1], share > 0.5


def copy_bytes(lessons: list[Lesson], backbone: BandPureBackbone) -> int:
    """Memory that one copy of all lessons takes."""
    cells = [lesson.images[..., 0].size // backbone.patch_px**2 for lesson in lessons]
    groups = [lesson.groups.size for lesson in lessons]
    tokens = sum(count * size for count, size in zip(cells, groups, strict=True))
    key = backbone.heads * backbone.head_dim * _HALF_BYTES
    patch = backbone.vit.embed_dim * _HALF_BYTES
    # A token's key, its departure, and whether it is noise.
    return tokens * (key + _HALF_BYTES + 1) + sum(cells) * patch


def copies_within(limit_bytes: int, most: int, copy: int) -> int:
    """How many copies of `copy` bytes there is room for, `most` of them at most."""
    return min(most, limit_bytes // max(copy, 1))
