"""Head for new classes: regularised logistic regression on a frozen backbone's patches.

Half of an example's weight is on what is pooled over it, half on its patches: an example counts
once, whatever its size, and each class equally. Features are whitened by their spread within a
class, so that a direction in which examples of a class differ anyway counts little, as in Fisher's
discriminant.

There is no offset: where nothing is shown all classes have the same logit, so that what is shown
decides, and evidence sums to more for the class that is decided than for the others. Some classes
need one, as the middle one of three degrees of an illness, which is nearly as nothing shown: if
held-out examples are clearly better predicted with an offset, the head has one, and nothing shown
is an example for which all classes are equally wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from focus_viewer.core.typing import BoolArray, FloatArray, IntArray

Pool = Literal["avg", "max"]
Norm = Callable[[Tensor], Tensor]

POOLS: tuple[Pool, ...] = ("avg", "max")
STRENGTHS = (10.0, 1.0, 0.1)
_USUAL_STRENGTH = 1.0
_SHRINKAGE = 0.03
_MOST_PATCHES = 40
_STEPS = 100
_NEVER = -30.0
# Ways of pooling, with an offset or without, and how much better than the first each must be: a
# maximum rests on single patches, and an offset decides where nothing is shown.
_KINDS: tuple[tuple[Pool, bool, float], ...] = (
    ("avg", False, 1.0),
    ("max", False, 1.5),
    ("avg", True, 1.15),
)
# Size of the constant feature that an offset is the weight of: regularisation hardly limits it.
_CONSTANT = 10.0
_TEMPERATURES = torch.logspace(-1, 1.5, 101, dtype=torch.float64)
_AS_IT_IS = torch.ones(1, dtype=torch.float64)


class Head(NamedTuple):
    """Linear head behind the pooling and the norm.

    Attributes
    ----------
    weight : Tensor, shape (classes, dim)
    bias : Tensor, shape (classes,)
    pool : {"avg", "max"}
    strength : float
        Of the regularisation.
    offset : bool
        Whether classes may differ where nothing is shown.
    """

    weight: Tensor
    bias: Tensor
    pool: Pool
    strength: float
    offset: bool = False

    def logits(self, pooled: Tensor) -> Tensor:
        """Return logits, (n, classes), of pooled vectors behind the norm, (n, dim)."""
        return pooled @ self.weight.T + self.bias


class Frozen(NamedTuple):
    """What is frozen ahead of a head.

    Attributes
    ----------
    norm : Norm
    blank : FloatArray, shape (patches, dim)
        Patches of a window in which nothing is shown.
    """

    norm: Norm
    blank: FloatArray


class Lessons(NamedTuple):
    """Labelled examples as vectors behind the head's norm.

    Attributes
    ----------
    pooled : Tensor, shape (examples, dim)
    patches : Tensor, shape (patches, dim)
    owners : IntArray, shape (patches,)
        Example of each patch.
    labels : BoolArray, shape (examples, classes)
    blank : Tensor, shape (dim,)
        The same of a window in which nothing is shown.
    several : bool
        Whether several classes may hold at once.
    """

    pooled: Tensor
    patches: Tensor
    owners: IntArray
    labels: BoolArray
    blank: Tensor
    several: bool


class HeldOut(NamedTuple):
    """Logits of examples that were held out of what was learned.

    Attributes
    ----------
    logits : Tensor, shape (examples, classes)
    known : BoolArray, shape (examples,)
        Examples all of whose classes were learned without them.
    """

    logits: Tensor
    known: BoolArray


Folds = Sequence[tuple[IntArray, IntArray]]
"""Positions of examples to learn from, and of those held out."""


def lessons_of(
    patches: Sequence[FloatArray], labels: BoolArray, pool: Pool, frozen: Frozen, several: bool
) -> Lessons:
    """Pool and norm examples' patches, each of shape (patches, dim)."""
    some = [own[_spaced(len(own))] for own in patches]
    owners = np.repeat(np.arange(len(some)), [len(own) for own in some])
    *whole, blank = pooled_vectors([*patches, frozen.blank], pool, frozen.norm)
    behind = frozen.norm(torch.from_numpy(np.concatenate(some)).double())
    return Lessons(torch.stack(whole), behind, owners, labels, blank, several)


def pooled_vectors(patches: Sequence[FloatArray], pool: Pool, norm: Norm) -> Tensor:
    """Return the pooled vectors behind the norm, shape (examples, dim)."""
    found = [own.max(axis=0) if pool == "max" else own.mean(axis=0) for own in patches]
    return norm(torch.from_numpy(np.stack(found)).double())


def choose_head(
    patches: Sequence[FloatArray], labels: BoolArray, folds: Folds, frozen: Frozen, several: bool
) -> tuple[Head, HeldOut | None]:
    """Fit a head with the pooling, offset and strength that predict held-out examples best.

    Returns
    -------
    tuple of Head and HeldOut or None
        None where nothing can be held out.
    """
    best: tuple[float, Pool, bool, float, HeldOut] | None = None
    lessons = {pool: lessons_of(patches, labels, pool, frozen, several) for pool in POOLS}
    for pool, offset, factor in _KINDS:
        held_out = _held_out(lessons[pool], folds, offset)
        for strength, found in zip(STRENGTHS, held_out, strict=True):
            # As it is: a temperature would hide that a weak strength overstates.
            _, loss = best_temperature(found, labels, several, _AS_IT_IS)
            loss *= factor
            if np.isfinite(loss) and (best is None or loss < best[0]):
                best = (loss, pool, offset, strength, found)
    if best is None:
        return _head(lessons["avg"], "avg", _USUAL_STRENGTH, False), None
    _, pool, offset, strength, found = best
    return _head(lessons[pool], pool, strength, offset), found


def fit_head(
    patches: Sequence[FloatArray],
    labels: BoolArray,
    frozen: Frozen,
    several: bool,
    pool: Pool,
    strength: float,
    offset: bool = False,
) -> Head:
    """Fit a head with a pooling, a strength and an offset or none that were chosen before."""
    return _head(lessons_of(patches, labels, pool, frozen, several), pool, strength, offset)


def _head(lessons: Lessons, pool: Pool, strength: float, offset: bool) -> Head:
    weight, bias = next(fits(lessons, np.arange(len(lessons.labels)), [strength], offset))
    return Head(weight, bias, pool, strength, offset)


def fits(
    lessons: Lessons, chosen: IntArray, strengths: Sequence[float], offset: bool = False
) -> Iterator[tuple[Tensor, Tensor]]:
    """Fit weight and bias to the chosen examples, for each strength from where the last one was.

    Centred over classes that exclude one another. Without an offset the bias is what makes all
    logits 0 where nothing is shown; a class of which there is no example never wins.
    """
    of_patches = np.isin(lessons.owners, chosen)
    owners = np.concatenate([chosen, lessons.owners[of_patches]])
    rows = torch.cat([lessons.pooled[chosen], lessons.patches[of_patches]])
    sizes = np.bincount(lessons.owners, minlength=len(lessons.labels))
    own_shares = [np.full(len(chosen), 0.5), 0.5 / sizes[lessons.owners[of_patches]]]
    shares = torch.from_numpy(np.concatenate(own_shares))
    taught = np.flatnonzero(lessons.labels[chosen].any(axis=0))
    labels = torch.from_numpy(lessons.labels[owners][:, taught])
    weights = _weights(labels, shares, lessons.several)
    whitening = _whitening(rows, labels, shares)
    asked = _Asked((rows - lessons.blank) @ whitening, _wanted(labels, lessons.several), weights)
    if offset:
        asked = _with_blank(asked, lessons.several)
    slope = torch.zeros(len(taught), asked.rows.shape[1], dtype=torch.float64)
    dim, classes = rows.shape[1], lessons.labels.shape[1]
    for strength in strengths:
        slope = _minimise(asked, lessons.several, strength, slope)
        own = slope if lessons.several else slope - slope.mean(0)
        weight = torch.zeros(classes, dim, dtype=torch.float64)
        bias = torch.full((classes,), _NEVER, dtype=torch.float64)
        weight[taught] = own[:, :dim] @ whitening.T
        bias[taught] = _CONSTANT * own[:, dim:].sum(1) - weight[taught] @ lessons.blank
        yield weight, bias


class _Asked(NamedTuple):
    """Rows relative to blank, (rows, features), with what is wanted and how much each counts."""

    rows: Tensor
    wanted: Tensor
    weights: Tensor


def _wanted(labels: Tensor, several: bool) -> Tensor:
    wanted = labels.double()
    return wanted if several else wanted / wanted.sum(1, keepdim=True)


def _with_blank(asked: _Asked, several: bool) -> _Asked:
    """Add a constant feature, and blank with the weight of a class and all classes wanted."""
    rows, wanted, weights = (torch.cat([own, torch.zeros_like(own[:1])]) for own in asked)
    classes = wanted.shape[1]
    wanted[-1] = 0.5 if several else 1 / classes
    weights[-1] = 1 / classes
    constant = torch.full((len(rows), 1), _CONSTANT, dtype=torch.float64)
    return _Asked(torch.cat([rows, constant], dim=1), wanted, weights)


def _weights(labels: Tensor, shares: Tensor, several: bool) -> Tensor:
    """Return the weight of each row, or of each row for each class: classes count equally."""
    own = labels * shares[:, None]
    if not several:
        return (own / own.sum(0) / labels.shape[1]).sum(1)
    against = ~labels * shares[:, None]
    sides = own / own.sum(0) + against / against.sum(0).clamp_min(1e-12)
    return sides / (2 * labels.shape[1])


def _whitening(rows: Tensor, labels: Tensor, shares: Tensor) -> Tensor:
    """Return a map to vectors of unit spread within classes, shape (dim, dim)."""
    own = labels * shares[:, None]
    own = own / own.sum(0)
    means = own.T @ rows
    within = torch.zeros(rows.shape[1], rows.shape[1], dtype=torch.float64)
    for weight, mean in zip(own.T, means, strict=True):
        apart = rows - mean
        within += (apart * weight[:, None]).T @ apart / len(means)
    level = within.diagonal().mean().clamp_min(1e-12)
    within = (1 - _SHRINKAGE) * within + _SHRINKAGE * level * torch.eye(len(within)).double()
    values, directions = torch.linalg.eigh(within)
    whitening: Tensor = directions / values.sqrt()
    return whitening


def _minimise(asked: _Asked, several: bool, strength: float, start: Tensor) -> Tensor:
    """Return the slope at the least loss, by L-BFGS: deterministic."""
    slope = start.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS(
        [slope], max_iter=_STEPS, history_size=20, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = asked.rows @ slope.T
        loss = (_cross_entropy(logits, asked.wanted, several) * asked.weights).sum()
        loss = loss + strength / 2 * slope.square().sum()
        torch.autograd.backward(loss)
        return loss

    with torch.enable_grad():
        optimiser.step(closure)  # type: ignore[no-untyped-call]
    return slope.detach()


def _cross_entropy(logits: Tensor, wanted: Tensor, several: bool) -> Tensor:
    if several:
        return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return functional.cross_entropy(logits, wanted, reduction="none")


def _held_out(lessons: Lessons, folds: Folds, offset: bool) -> list[HeldOut]:
    """Return what heads of each strength decide on held-out examples."""
    shape = (len(STRENGTHS), *lessons.labels.shape)
    logits = torch.zeros(shape, dtype=torch.float64)
    known = np.zeros(len(lessons.labels), dtype=np.bool_)
    for train, out in folds:
        taught = lessons.labels[train].any(axis=0)
        if taught.sum() < 2:
            continue
        fitted = fits(lessons, train, STRENGTHS, offset)
        for own, (weight, bias) in zip(logits, fitted, strict=True):
            own[out] = lessons.pooled[out] @ weight.T + bias
        known[out] = ~(lessons.labels[out] & ~taught).any(axis=1)
    return [HeldOut(own, known) for own in logits]


def best_temperature(
    found: HeldOut, labels: BoolArray, several: bool, tried: Tensor = _TEMPERATURES
) -> tuple[float, float]:
    """Return the temperature of the least loss on held-out examples, and that loss.

    Each class counts equally. Labels are smoothed as a class that was right n times of n is right
    with a chance of (n + 1) / (n + 2): few examples, all right, do not make a model sure. NaN
    where no example was held out.
    """
    own = torch.from_numpy(labels[found.known])
    if not own.any():
        return 1.0, float("nan")
    kept = own.any(0)
    weights = _weights(own[:, kept], torch.ones(len(own), dtype=torch.float64), several)
    doubt = 1 / (len(own) + 2)
    wanted = own.double() if several else own / own.sum(1, keepdim=True).double()
    wanted = (1 - doubt) * wanted + doubt * (0.5 if several else 1 / own.shape[1])
    losses = []
    for each in tried:
        loss = _cross_entropy(found.logits[found.known] / each, wanted, several)
        losses.append(((loss[:, kept] if several else loss) * weights).sum())
    best = int(torch.stack(losses).argmin())
    return round(float(tried[best]), 3), float(losses[best])


def _spaced(count: int) -> IntArray:
    return np.linspace(0, count - 1, min(count, _MOST_PATCHES)).round().astype(np.intp)
