"""Lessons: what linear heads read of patches of windows that they were not fitted to.

Both heads are solved in closed form, so that a backbone is trained through them (Bertinetto et al.,
Meta-learning with Differentiable Closed-form Solvers, ICLR 2019).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

_SHRINKAGE = 0.03
_RIDGE = 1e-3
_DETAIL = 0.02
_PURE = 0.75
_TINY = 1e-9


class Lesson(NamedTuple):
    """Patches of a data set.

    Attributes
    ----------
    features : Tensor, shape (windows, patches, dim)
    spectra : Tensor, shape (windows, patches, groups)
        What is to be read of them.
    shares : Tensor, shape (windows, patches, materials)
    """

    features: Tensor
    spectra: Tensor
    shares: Tensor


def unread_detail(lesson: Lesson) -> Tensor:
    """Return the share of the spectra's variance that a linear map does not read, from 0.

    Each principal component counts equally, down to those that are smaller than noise: small
    differences are what separates materials from one another.
    """
    half = len(lesson.features) // 2
    features, spectra = (_centred(each) for each in (lesson.features, lesson.spectra))
    rows, wanted = (each[:half].flatten(0, 1) for each in (features, spectra))
    others, known = (each[half:].flatten(0, 1) for each in (features, spectra))
    square = rows.T @ rows
    ridge = _RIDGE * square.diagonal().mean() * torch.eye(len(square))
    gain = torch.linalg.solve(square + ridge, rows.T @ wanted)
    missed = known - others @ gain
    values, directions = torch.linalg.eigh(torch.cov(spectra.flatten(0, 1).T))
    weight = 1 / (values.clamp_min(0) + _DETAIL)
    whole = (weight * values.clamp_min(0)).sum()
    unread: Tensor = ((missed @ directions).square().mean(0) * weight).sum() / whole
    return unread


def unread_materials(lesson: Lesson) -> tuple[Tensor, Tensor]:
    """Return the share of the materials' places that a linear head does not read, and its accuracy.

    The head is a ridge regression of membership, as Fisher's discriminant with shrinkage is one.
    """
    half = len(lesson.features) // 2
    pure, material = lesson.shares.max(-1)
    parts = []
    for part in (slice(half), slice(half, None)):
        kept = pure[part] >= _PURE
        parts.append((lesson.features[part][kept], material[part][kept]))
    (rows, labels), (others, wanted) = parts
    classes = torch.unique(labels)
    known = torch.isin(wanted, classes)
    member, answer = ((each[:, None] == classes).to(rows) for each in (labels, wanted[known]))
    share = member.mean(0)
    found = _memberships(rows, member, others[known])
    missed = ((found - (answer - share)).square().mean(0) / (share * (1 - share) + _TINY)).mean()
    chances = found / share.clamp_min(_TINY)
    right = (chances.argmax(1) == answer.argmax(1)).float().mean()
    return missed, right


def _memberships(rows: Tensor, member: Tensor, others: Tensor) -> Tensor:
    """Return memberships of other rows above their share, (n, materials)."""
    centre = rows.mean(0)
    apart = rows - (member / member.sum(0)).T.matmul(rows)[member.argmax(1)]
    within = apart.T @ apart / len(rows)
    spread = rows - centre
    level = _SHRINKAGE * (within.diagonal().mean() + _TINY) * torch.eye(len(within))
    square = spread.T @ spread / len(rows) + level
    gain = torch.linalg.solve(square, spread.T @ (member - member.mean(0)) / len(rows))
    found: Tensor = (others - centre) @ gain
    return found


def _centred(values: Tensor) -> Tensor:
    return values - values.mean((0, 1))
