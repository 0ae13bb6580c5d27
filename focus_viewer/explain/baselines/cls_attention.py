"""CLS attention: what the decision's own token attends to in the last block.

The backbone attends over groups and over patches in turn, so the volume is a product: the last
block's attention over patches, times the feature block's attention over the groups of each patch.
Where the head reads no class token but a mean or a maximum of the patches, these are its query:
their rows of attention, weighted by their share in what the head reads.

It is the same for every class: attention knows of no class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.explain.baselines.attention_maps import trace
from focus_viewer.explain.baselines.method import Attribution, Question, SharedPassBaseline
from focus_viewer.explain.model.backbone import BandPureBackbone


@dataclass(frozen=True)
class ClsAttention(SharedPassBaseline):
    """Attention of the class token, or of the pooled tokens in its place."""

    name: str = "cls-attention"
    mode: Mode = "attention"

    def attribute_all(
        self, backbone: BandPureBackbone, questions: Sequence[Question]
    ) -> list[Attribution]:
        """Multiply attention over patches with attention over groups, the same for every class."""
        seen = trace(backbone, questions[0], [len(backbone.vit.blocks) - 1])
        # A feature block that is also the last leaves no block that attends over patches.
        patches = seen.read @ seen.behind[0] if seen.behind else seen.read  # (tokens,)
        prefix = backbone.vit.num_prefix_tokens
        volume = patches[:, None] * seen.mixing
        return [Attribution(volume[prefix:], float(patches[:prefix].sum()))] * len(questions)
