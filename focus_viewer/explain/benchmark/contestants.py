"""FOCUS and its rivals under one roof: the same question, the same form of answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from focus_viewer.core.saliency import Mode, SaliencyVolume
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.prompt_cam import PromptCam
from focus_viewer.explain.baselines.rival import Question, Rival
from focus_viewer.explain.baselines.rival import explain as ask_rival
from focus_viewer.explain.focus_model import FocusModel, contrast
from focus_viewer.explain.watch import counted


@dataclass(frozen=True, eq=False)
class Window:
    """What a contestant is given: a window, and the classes that it may be asked about.

    Attributes
    ----------
    images : Tensor, shape (1, groups, height, width)
        Standardised.
    groups : Tensor of int64, shape (groups,)
    edges_nm : DoubleArray, shape (groups, 2)
    classes : tuple of str
    """

    images: Tensor
    groups: Tensor
    edges_nm: DoubleArray
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """A volume and what it took.

    Attributes
    ----------
    volume : SaliencyVolume
    forward_passes, backward_passes : int
    on_class_token : float
        Share of the attention that lies on class tokens, registers or prompts and on no patch; NaN
        for methods that are not made of attention.
    """

    volume: SaliencyVolume
    forward_passes: int
    backward_passes: int
    on_class_token: float


class Contestant(Protocol):
    """A method in the benchmark."""

    @property
    def name(self) -> str:
        """What it is called in tables."""
        ...

    @property
    def extra(self) -> nn.Module | None:
        """What it adds to the backbone, if anything."""
        ...

    def answer(self, window: Window, target: int) -> Answer:
        """Explain a class."""
        ...

    def decide(self, window: Window) -> int:
        """Decide on a class."""
        ...


@dataclass(frozen=True, eq=False)
class Focus:
    """FOCUS in one of its two modes.

    Attributes
    ----------
    model : FocusModel
    mode : {"evidence", "attention"}
    """

    model: FocusModel
    mode: Mode

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"focus-{self.mode}"

    @property
    def extra(self) -> nn.Module:
        """Prompts and sink."""
        return self.model.prompts

    @torch.inference_mode()
    def answer(self, window: Window, target: int) -> Answer:
        """Explain a class; the pass gives all classes, of which one is kept.

        Prompts see patches and the sink, never a class token: none of their attention is on one.
        """
        with counted(self.model.backbone, len(window.groups)) as passes:
            output = self.model(window.images, window.groups)
        chosen = contrast(output.evidence) if self.mode == "evidence" else output.attention
        height, width = window.images.shape[-2:]
        patch = self.model.backbone.patch_px
        grid = (height // patch, width // patch, len(window.groups))
        volume = SaliencyVolume(
            chosen[0, target].reshape(grid).cpu().numpy(),
            window.edges_nm,
            (height, width),
            window.classes[target],
            self.mode,
        )
        on_token = 0.0 if self.mode == "attention" else np.nan
        return Answer(volume, passes.forward, passes.backward, on_token)

    @torch.inference_mode()
    def decide(self, window: Window) -> int:
        """Decide by the prompts' logits."""
        return int(self.model(window.images, window.groups).logits[0].argmax())


@dataclass(frozen=True, eq=False)
class Guest:
    """A rival, which explains the backbone's own decision.

    Attributes
    ----------
    rival : Rival
    model : FocusModel
        Whose backbone is explained.
    """

    rival: Rival
    model: FocusModel

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return self.rival.name

    @property
    def extra(self) -> nn.Module | None:
        """What it adds to the backbone: only Prompt-CAM adds something."""
        return self.rival.prompts if isinstance(self.rival, PromptCam) else None

    def answer(self, window: Window, target: int) -> Answer:
        """Explain a class."""
        question = Question(
            window.images, window.groups, target, window.edges_nm, window.classes[target]
        )
        found = ask_rival(self.rival, self.model.backbone, question)
        on_token = np.nan if found.off_patches is None else found.off_patches
        return Answer(found.volume, found.forward_passes, found.backward_passes, on_token)

    @torch.inference_mode()
    def decide(self, window: Window) -> int:
        """Decide as the backbone does; Prompt-CAM by its own prompts."""
        backbone = self.model.backbone
        if isinstance(self.rival, PromptCam):
            return int(self.rival.decide(backbone, window.images, window.groups)[0].argmax())
        return int(backbone.logits(window.images, window.groups)[0].argmax())
