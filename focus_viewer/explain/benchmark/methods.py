"""FOCUS and the baselines behind one interface: same window, same form of result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.saliency.signature import tissue_signature
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
from focus_viewer.explain.baselines.method import Baseline, Question, explain_all
from focus_viewer.explain.baselines.occlusion import Occlusion
from focus_viewer.explain.baselines.prompt_cam import PromptCam
from focus_viewer.explain.inference.hooks import count_passes
from focus_viewer.explain.metrics.sanity import randomised
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast


@dataclass(frozen=True, eq=False)
class Window:
    """Input of a method: a window, and the classes that it may explain.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised, and 0 where a pixel shows other than tissue.
    shown : Tensor of bool, shape (1, patches)
        Patches of tissue.
    groups : Tensor of int64, shape (groups,)
    edges_nm : DoubleArray, shape (groups, 2)
    data : FloatArray, shape (height, width, groups)
        Reflectance, for methods that know no model.
    """

    images: Tensor
    shown: Tensor
    groups: Tensor
    edges_nm: DoubleArray
    classes: tuple[str, ...]
    data: FloatArray


@dataclass(frozen=True, eq=False)
class Answer:
    """Volume and the passes that it took.

    Attributes
    ----------
    forward_passes, backward_passes : int
        Of this class alone; where the same passes give all classes, of these.
    on_class_token : float
        Share of the attention on class tokens, registers or prompts instead of patches; NaN
        for methods that are not made of attention.
    on_sink : float
        Share of the attention that the sink took; NaN for methods without one.
    additive : bool
        Whether the values claim to sum to what the class's logit gains.
    """

    volume: SaliencyVolume
    forward_passes: int
    backward_passes: int
    on_class_token: float
    on_sink: float = np.nan
    additive: bool = False


@dataclass(frozen=True, eq=False)
class Focus:
    """FOCUS in one of its modes.

    Attributes
    ----------
    sink : bool
        Whether the sink takes its part of the attention.
    """

    model: FocusModel
    mode: Mode
    sink: bool = True

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"focus-{self.mode}"

    @property
    def extra(self) -> nn.Module:
        """Prompts and sink."""
        return self.model.prompts

    @property
    def costly(self) -> bool:
        """Whether an explanation takes dozens of passes or more."""
        return False

    @torch.inference_mode()
    def read(self, window: Window) -> FocusOutput:
        """Take the decision apart by one pass, for all classes."""
        output: FocusOutput = self.model(window.images, window.groups, window.shown, self.sink)
        return output

    @torch.inference_mode()
    def answers(self, window: Window, targets: Sequence[int]) -> list[Answer]:
        """Explain classes by one pass, which computes the volumes of all classes.

        Prompts see patches and the sink, never a class token: none of their attention is on one.
        """
        with count_passes(self.model.backbone, len(window.groups)) as passes:
            output = self.read(window)
        on_token = 0.0 if self.mode == "attention" else np.nan
        return [
            Answer(
                self._volume(window, self._values(window, output, target), target),
                passes.forward,
                passes.backward,
                on_token,
                float(output.sink[0, target]),
                self.mode == "evidence",
            )
            for target in targets
        ]

    def _values(self, window: Window, output: FocusOutput, target: int) -> Tensor:
        """Return the values of a class, shape (patches, groups)."""
        if self.mode == "evidence":
            return contrast(output.evidence)[0, target]
        if self.mode == "attention":
            return output.attention[0, target]
        contrasts = self.model.own_contrasts(window.images, window.groups)[0]
        anchor = self.model.anchor[target, window.groups]
        return torch.from_numpy(tissue_signature(contrasts.cpu().numpy(), anchor.cpu().numpy()))

    def _volume(self, window: Window, values: Tensor, target: int) -> SaliencyVolume:
        height, width = window.images.shape[-2:]
        patch = self.model.backbone.patch_px
        grid = (height // patch, width // patch, len(window.groups))
        return SaliencyVolume(
            values.reshape(grid).cpu().numpy(),
            window.edges_nm,
            (height, width),
            window.classes[target],
            self.mode,
        )

    @torch.inference_mode()
    def logits(self, window: Window) -> DoubleArray:
        """Return the logits that are shown, shape (classes,)."""
        return _as_array(self.read(window).logits[0])

    def unlearned(self, seed: int) -> Focus:
        """Take the same mode of a model whose weights are shuffled."""
        return replace(self, model=randomised(self.model, seed))


@dataclass(frozen=True, eq=False)
class BaselineMethod:
    """Baseline, which explains the backbone's own decision.

    Attributes
    ----------
    model : FocusModel
        Whose backbone is explained.
    """

    baseline: Baseline
    model: FocusModel

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return self.baseline.name

    @property
    def extra(self) -> nn.Module | None:
        """What it adds to the backbone: only Prompt-CAM adds something."""
        return self.baseline.prompts if isinstance(self.baseline, PromptCam) else None

    @property
    def costly(self) -> bool:
        """Whether it takes dozens of passes: of methods that try an image in many variants."""
        return isinstance(self.baseline, IntegratedGradients | Occlusion)

    def answers(self, window: Window, targets: Sequence[int]) -> list[Answer]:
        """Explain classes."""
        images, groups, edges_nm = window.images, window.groups, window.edges_nm
        questions = [
            Question(images, groups, target, edges_nm, window.classes[target], window.data)
            for target in targets
        ]
        return [
            Answer(
                found.volume,
                found.forward_passes,
                found.backward_passes,
                np.nan if found.off_patches is None else found.off_patches,
                additive=isinstance(self.baseline, IntegratedGradients),
            )
            for found in explain_all(self.baseline, self.model.backbone, questions)
        ]

    @torch.inference_mode()
    def logits(self, window: Window) -> DoubleArray:
        """Return the backbone's logits, shape (classes,); of Prompt-CAM those of its prompts."""
        backbone = self.model.backbone
        if isinstance(self.baseline, PromptCam):
            return _as_array(self.baseline.decide(backbone, window.images, window.groups)[0])
        return _as_array(backbone.logits(window.images, window.groups)[0])

    def unlearned(self, seed: int) -> BaselineMethod:
        """Take the same baseline on a backbone whose weights are shuffled, Prompt-CAM's own too."""
        baseline = self.baseline
        if isinstance(baseline, PromptCam):
            baseline = replace(baseline, prompts=randomised(baseline.prompts, seed))
        return BaselineMethod(baseline, randomised(self.model, seed))


def _as_array(logits: Tensor) -> DoubleArray:
    return np.asarray(logits.cpu().numpy(), dtype=np.float64)


Method = Focus | BaselineMethod
"""Method in the benchmark."""
