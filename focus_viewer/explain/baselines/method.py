"""Protocol of baseline explanation methods: request, attribution and pass counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.inference.hooks import PassCounter, count_passes
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True, eq=False)
class Question:
    """Request to explain a class in a window.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised, of a size that the backbone takes.
    groups : Tensor of int64, shape (groups,)
        Which of the model's groups the images are.
    target : int
        The class to explain, a position among the backbone's logits.
    edges_nm : DoubleArray, shape (groups, 2)
    data : FloatArray, shape (height, width, groups), or None
        Reflectance, for methods that know no model.

    Raises
    ------
    ValueError
        If images, groups, edges and data do not fit together.
    """

    images: Tensor
    groups: Tensor
    target: int
    edges_nm: DoubleArray
    class_name: str
    data: FloatArray | None = None

    def __post_init__(self) -> None:
        count = len(self.groups)
        if self.images.ndim != 4 or self.images.shape[:2] != (1, count):
            raise ValueError(
                f"images {tuple(self.images.shape)}: expected (1, {count}, height, width), one "
                "window and an image for each of its groups"
            )
        if self.edges_nm.shape != (count, 2):
            raise ValueError(f"edges {self.edges_nm.shape}: expected ({count}, 2)")
        expected = (*self.images.shape[2:], count)
        if self.data is not None and self.data.shape != expected:
            raise ValueError(f"data {self.data.shape}: expected {expected}, as the images")


class Attribution(NamedTuple):
    """Attribution of a class to patches and groups.

    Attributes
    ----------
    values : Tensor, shape (patches, groups)
        Patches row by row.
    off_patches : float or None
        Share of the attention on class tokens, registers or prompts instead of patches;
        None for methods that are not made of attention.
    """

    values: Tensor
    off_patches: float | None = None


class Baseline(Protocol):
    """Baseline method to explain the decision of a backbone."""

    @property
    def name(self) -> str:
        """What it is called in tables."""
        ...

    @property
    def mode(self) -> Mode:
        """Whether its values are signed ("evidence") or not ("attention")."""
        ...

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Explain a class by patches and groups; the frozen backbone is not changed."""
        ...


class SharedPassBaseline(ABC):
    """Baseline whose passes serve all classes of a window at once."""

    @abstractmethod
    def attribute_all(
        self, backbone: BandPureBackbone, questions: Sequence[Question]
    ) -> list[Attribution]:
        """Explain several classes of a window."""

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Explain a class by patches and groups."""
        return self.attribute_all(backbone, [question])[0]


@dataclass(frozen=True, eq=False)
class BaselineResult:
    """Explanation and the passes that it took.

    Attributes
    ----------
    volume : SaliencyVolume
        A cell a patch.
    forward_passes, backward_passes : int
        Images taken through the backbone and gradients taken of its decision, counted by hooks.
    off_patches : float or None
        See `Attribution`.
    """

    volume: SaliencyVolume
    forward_passes: int
    backward_passes: int
    off_patches: float | None


def explain(baseline: Baseline, backbone: BandPureBackbone, question: Question) -> BaselineResult:
    """Explain a class by a baseline and count the passes; see `explain_all`."""
    return explain_all(baseline, backbone, [question])[0]


def explain_all(
    baseline: Baseline, backbone: BandPureBackbone, questions: Sequence[Question]
) -> list[BaselineResult]:
    """Explain several classes of a window by a baseline.

    Where the same passes serve all classes, each result counts them all: a single class
    would have taken as many.

    Raises
    ------
    ValueError
        If the backbone is not frozen.
    """
    require_frozen(backbone)
    shared = isinstance(baseline, SharedPassBaseline)
    results = []
    for asked in [questions] if shared else [[question] for question in questions]:
        with count_passes(backbone, len(asked[0].groups)) as passes:
            if isinstance(baseline, SharedPassBaseline):
                found = baseline.attribute_all(backbone, asked)
            else:
                found = [baseline.attribute(backbone, asked[0])]
        results += [
            _result(baseline, backbone, question, attribution, passes)
            for question, attribution in zip(asked, found, strict=True)
        ]
    return results


def _result(
    baseline: Baseline,
    backbone: BandPureBackbone,
    question: Question,
    found: Attribution,
    passes: PassCounter,
) -> BaselineResult:
    height, width = question.images.shape[-2:]
    grid = (height // backbone.patch_px, width // backbone.patch_px, len(question.groups))
    values = found.values.detach().cpu().numpy().astype(np.float32).reshape(grid)
    volume = SaliencyVolume(
        values, question.edges_nm, (height, width), question.class_name, baseline.mode
    )
    return BaselineResult(volume, passes.forward, passes.backward, found.off_patches)


def require_frozen(backbone: BandPureBackbone) -> None:
    """Refuse a backbone in which gradients would be left, or dropout be active.

    Raises
    ------
    ValueError
        Unless no parameter takes a gradient and it is in evaluation mode.
    """
    if backbone.training or any(p.requires_grad for p in backbone.parameters()):
        raise ValueError("expected a frozen backbone: call requires_grad_(False).eval() on it")


def sum_over_patches(pixels: Tensor, patch_px: int) -> Tensor:
    """Sum attributions of pixels, (1, groups, height, width), giving (patches, groups)."""
    return functional.avg_pool2d(pixels, patch_px, divisor_override=1)[0].flatten(1).T
