"""Matched filter for a class's signature: it is given the class, and knows no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.typing import DoubleArray
from focus_viewer.explain.baselines.method import Attribution, Question
from focus_viewer.explain.baselines.model_free.departure import inverse_covariance
from focus_viewer.explain.baselines.model_free.leaf_pixels import find_leaf
from focus_viewer.explain.model.backbone import BandPureBackbone

_TINY = 1e-12


@dataclass(frozen=True, eq=False)
class MatchedFilter:
    """Matched filter (Robey et al., IEEE Trans. Aerosp. Electron. Syst. 28 (1992) 208-216).

    Attributes
    ----------
    signatures : DoubleArray, shape (classes, groups)
        Log ratio of each class's tissue to healthy tissue, at all the model's groups; zeros for
        classes without tissue of their own.
    """

    signatures: DoubleArray
    name: str = "matched-filter"
    mode: Mode = "attention"

    def attribute(self, backbone: BandPureBackbone, question: Question) -> Attribution:
        """Multiply the filter's response, where positive, with the size of the signature."""
        found = find_leaf(backbone, question)
        signature = self.signatures[question.target, question.groups.cpu().numpy()]
        logs = np.log(found.spectra / found.median)
        inner = inverse_covariance(logs[found.leaf])
        weights = inner @ signature / np.sqrt(signature @ inner @ signature + _TINY)
        response = np.maximum((logs - logs[found.leaf].mean(axis=0)) @ weights, 0)
        return found.attribution(response, np.abs(signature))
