"""Prompt-CAM: a prompt for each class, whose attention is the class's map.

Source: Chowdhury et al., "Prompt-CAM: Making Vision Transformers Interpretable for Fine-Grained
Analysis", CVPR 2025, arXiv 2501.09333. Class-specific prompts join the tokens of the frozen ViT at
its last block, each prompt's output is scored by one vector that all classes share, prompts and
scorer are trained by cross-entropy, and a class is explained by its prompt's attention.

Here that block attends over patches, whose groups the feature block has mixed: the volume is the
prompt's attention over patches times the feature block's attention over the groups of each patch.
So it separates classes in space, and wavelengths as CLS attention does. (Prompts at the feature
block, on tokens of one group each, hardly learned to decide: one softmax over thousands of tokens.)
Only the prompts' rows of attention are formed, which at the last block changes nothing. A learned
sharpness, which the paper does not have, is a gift: the block's norm fixes how large a query can
be, and where no token ever had to find single patches (a head that reads a maximum over patches)
prompts of that size attend to all patches nearly equally and decide hardly better than their mean.
The paper's other prompts, which speak for no class and sit in earlier blocks, are left out: they
would change the tokens that all baselines explain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from timm.layers.attention import Attention
from timm.models.vision_transformer import Block, VisionTransformer
from torch import Tensor, nn

from focus_viewer.core.errors import ModelError
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.attention_maps import inputs_of, recorded
from focus_viewer.explain.baselines.method import Attribution, Question, SharedPassBaseline
from focus_viewer.explain.model.backbone import BandPureBackbone
from focus_viewer.explain.model.vits import project


class PromptReading(NamedTuple):
    """Output of the prompts for windows.

    Attributes
    ----------
    logits : Tensor, shape (batch, classes)
    attention : Tensor, shape (batch, classes, tokens)
        Averaged over heads; what is missing to 1 is on the prompts themselves.
    """

    logits: Tensor
    attention: Tensor


class ClassPrompts(nn.Module):
    """Prompts, one for each class, and their shared scorer and sharpness.

    Parameters
    ----------
    generator : torch.Generator
        Draws the weights to start from.
    """

    def __init__(self, classes: int, dim: int, generator: torch.Generator) -> None:
        super().__init__()
        self.prompts = nn.Parameter(torch.randn(classes, dim, generator=generator))
        self.scorer = nn.Parameter(torch.randn(dim, generator=generator) / math.sqrt(dim))
        self.log_sharpness = nn.Parameter(torch.zeros(()))

    def forward(self, backbone: BandPureBackbone, tokens: Tensor) -> PromptReading:
        """Read tokens before the feature block, shape (batch, groups, tokens, dim)."""
        return self.read(backbone.vit, tokens_ahead_of_last(backbone, tokens))

    def read(self, vit: VisionTransformer, tokens: Tensor) -> PromptReading:
        """Read tokens ahead of the ViT's last block, shape (batch, tokens, dim)."""
        _, keys, values = project(cast(Block, vit.blocks[-1]), tokens)
        return self.read_projected(vit, keys, values)

    def read_projected(self, vit: VisionTransformer, keys: Tensor, values: Tensor) -> PromptReading:
        """Read keys and values of the last block, shape (batch, tokens, heads, head_dim)."""
        batch, count = keys.shape[:2]
        block = cast(Block, vit.blocks[-1])
        queries, own_keys, own_values = project(block, self.prompts)  # (classes, heads, head_dim)
        keys = torch.cat([keys, own_keys.expand(batch, -1, -1, -1)], dim=1)
        values = torch.cat([values, own_values.expand(batch, -1, -1, -1)], dim=1)
        match = torch.einsum("bnhd,chd->bchn", keys, self.log_sharpness.exp() * queries)
        attention = match.softmax(dim=-1)
        read = torch.einsum("bchn,bnhd->bchd", attention, values).flatten(2)
        left = leave(block, self.prompts, read)  # (batch, classes, dim)
        logits = vit.fc_norm(vit.norm(left)) @ self.scorer
        return PromptReading(logits, attention.mean(dim=2)[..., :count])


def leave(block: Block, tokens: Tensor, read: Tensor) -> Tensor:
    """Take tokens, with what they read by attention, through the rest of a block."""
    attention = cast(Attention, block.attn)
    x = tokens + block.ls1(attention.proj(attention.norm(read)))
    left: Tensor = x + block.ls2(block.mlp(block.norm2(x)))
    return left


def tokens_ahead_of_last(backbone: BandPureBackbone, tokens: Tensor) -> Tensor:
    """Take tokens from the feature block to the last block, as the backbone does when it decides.

    Takes shape (batch, groups, tokens, dim), gives (batch, tokens, dim).

    Raises
    ------
    ModelError
        If the last block is the feature block, which attends over groups and not over patches.
    """
    if backbone.block_index == len(backbone.vit.blocks) - 1:
        raise ModelError(
            f"Prompt-CAM needs a block behind the feature block, and block {backbone.block_index} "
            "is the last. Choose a backbone with an earlier feature block."
        )
    with inputs_of(backbone.vit.blocks[-1]) as given:
        backbone.decide(tokens)
    return given[0]


@dataclass(frozen=True, eq=False)
class PromptCam(SharedPassBaseline):
    """Trained prompts as a baseline, with logits from the frozen backbone's tokens."""

    prompts: ClassPrompts
    name: str = "prompt-cam"
    mode: Mode = "attention"

    @property
    def extra_parameters(self) -> int:
        """Numbers that it adds to the backbone's."""
        return sum(parameter.numel() for parameter in self.prompts.parameters())

    @torch.inference_mode()
    def decide(self, backbone: BandPureBackbone, images: Tensor, groups: Tensor) -> Tensor:
        """Return its own logits, shape (batch, classes); parameters as for `BandPureBackbone`."""
        logits: Tensor = self.prompts(backbone, backbone.tokens(images, groups)).logits
        return logits

    @torch.inference_mode()
    def attribute_all(
        self, backbone: BandPureBackbone, questions: Sequence[Question]
    ) -> list[Attribution]:
        """Multiply each class's prompt's attention over patches with attention over groups."""
        tokens = backbone.tokens(questions[0].images, questions[0].groups)
        with recorded([backbone.attention]) as maps:
            reading = self.prompts(backbone, tokens)
        mixing = maps[0].mean(dim=1)  # the mean of a patch's groups goes on, (tokens, groups)
        volumes = reading.attention[0, [q.target for q in questions], :, None] * mixing
        volumes = volumes[:, backbone.vit.num_prefix_tokens :]
        return [Attribution(values, 1 - float(values.sum())) for values in volumes]
