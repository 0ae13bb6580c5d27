"""The frozen classifier as a function of images."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from focus_viewer.core.typing import FloatArray
from focus_viewer.explain.metrics.faithfulness import Probability
from focus_viewer.explain.model.backbone import BandPureBackbone


def class_probability(backbone: BandPureBackbone, groups: Tensor, target: int) -> Probability:
    """Return the probability that the backbone's own decision gives to one class.

    Parameters
    ----------
    groups : Tensor of int64, shape (groups,)
        Which of the model's groups the images are, on the backbone's device.
    target : int
        The class.
    """

    @torch.inference_mode()
    def ask(images: FloatArray) -> FloatArray:
        tensor = torch.from_numpy(np.ascontiguousarray(images)).to(groups.device)
        shares = backbone.logits(tensor, groups).softmax(dim=1)[:, target]
        return np.asarray(shares.cpu().numpy(), dtype=np.float32)

    return ask
