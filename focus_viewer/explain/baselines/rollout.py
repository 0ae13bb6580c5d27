"""Attention rollout: attention and residual followed through all blocks down to the input.

Source: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020: each block counts
as half identity and half its mean attention, and the blocks are multiplied. Only the row of the
decision is wanted, so it is taken down from the head as a vector: through the blocks behind the
feature block over patches, through the feature block over the groups of each patch, and through the
blocks before it over the patches of each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.attention_maps import Trace, trace
from focus_viewer.explain.baselines.method import Attribution, Question, SharedPassBaseline
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True)
class Rollout(SharedPassBaseline):
    """Attention rollout of Abnar and Zuidema."""

    name: str = "rollout"
    mode: Mode = "attention"

    def attribute_all(
        self, backbone: BandPureBackbone, questions: Sequence[Question]
    ) -> list[Attribution]:
        """Trace the decision's attention down to the input, the same for every class."""
        flow = roll_down(trace(backbone, questions[0], range(len(backbone.vit.blocks))))
        prefix = backbone.vit.num_prefix_tokens
        return [Attribution(flow[prefix:], float(flow[:prefix].sum()))] * len(questions)


def roll_down(seen: Trace) -> Tensor:
    """Return each token's share in the decision, by group: (tokens, groups), summing to 1."""
    share = seen.read
    for attention in reversed(seen.behind):
        share = (share + share @ attention) / 2
    groups = seen.mixing.shape[1]
    flow = share[:, None] * (seen.mixing + 1 / groups) / 2
    for attention in reversed(seen.before):
        flow = (flow + torch.einsum("tk,ktj->jk", flow, attention)) / 2
    return flow
