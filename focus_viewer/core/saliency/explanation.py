"""Result of one forward pass: the decision and its saliency for every class."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from focus_viewer.core.saliency.applicability import CLOSE_MARGIN, Applicability
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.signature import tissue_signature
from focus_viewer.core.saliency.volume import (
    LIMIT_SAMPLE,
    Limits,
    Mode,
    SaliencyVolume,
    is_signed,
    robust_limits,
)
from focus_viewer.core.typing import BoolArray, DoubleArray, FloatArray, ImageShape, IntArray

Cells = tuple[slice | IntArray, ...]
"""Rows and columns of the grid."""

_EVERYWHERE = (slice(None), slice(None))
_NOTHING = 1e-4  # logits: less is the rounding of sums over thousands of cells


@dataclass(frozen=True)
class Cost:
    """Cost of an explanation.

    Attributes
    ----------
    forward_passes, backward_passes : int
        Calls of the backbone; a large image takes one forward pass per batch of windows.
    device : str
        For people: "cpu", "cuda (NVIDIA H200)".
    peak_memory_bytes : int
        Of the process on the CPU, of the allocator on a GPU.
    """

    forward_passes: int
    backward_passes: int
    seconds: float
    device: str
    peak_memory_bytes: int


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Decision of the frozen model on a cube, taken apart for all classes at once.

    `baseline + evidence.sum((1, 2, 3)) + unattributed == logits` for each class.

    Attributes
    ----------
    card : ModelCard
        Of the model that was explained.
    logits, baseline : FloatArray, shape (classes,)
        The frozen model's own logits, and those of an image that is everywhere as this leaf
        usually is.
    attention : FloatArray, shape (classes, grid_rows, grid_cols, groups)
        Attention mass, not negative; with what the sink took it sums to 1 for each class.
    evidence : FloatArray, shape (classes, grid_rows, grid_cols, groups)
        What each cell adds to the logit at each group.
    saliency : FloatArray, shape (classes, grid_rows, grid_cols, groups)
        Evidence less the other classes' mean: what is shown.
    sink : FloatArray, shape (classes,)
        Share of attention that the sink absorbed, 0 to 1.
    absorbed : FloatArray, shape (grid_rows, grid_cols, groups)
        What the sink took of each cell's part of the logit, whatever the class: 0 to below 1.
    contrasts : FloatArray, shape (grid_rows, grid_cols, groups)
        How the cells' spectra depart from the usual leaf, brightness taken off, in units of the
        training leaves' spread.
    anchors : FloatArray, shape (classes, groups)
        How each class's tissue does, by what the model was trained on.
    edges_nm : DoubleArray, shape (groups, 2)
        Of the groups that this sensor has.
    met : BoolArray, shape (rows, cols)
        Pixels that the model met: plant tissue, or everything with data where there is none. Of a
        large image at the coarser resolution at which it was explained.
    suitability : Applicability
        Of the image, whatever the model decides; see `applicability`.
    within : str
        Region that the question was restricted to; empty for the whole image.
    notes : tuple of str
        What the user must know: groups left out, fallbacks taken.
    """

    card: ModelCard
    logits: FloatArray
    baseline: FloatArray
    attention: FloatArray
    evidence: FloatArray
    saliency: FloatArray
    sink: FloatArray
    absorbed: FloatArray
    contrasts: FloatArray
    anchors: FloatArray
    edges_nm: DoubleArray
    met: BoolArray
    image_shape: ImageShape
    cost: Cost
    suitability: Applicability
    within: str = ""
    notes: tuple[str, ...] = ()
    _volumes: dict[tuple[str, Mode, str | None], SaliencyVolume] = field(
        default_factory=dict, init=False
    )

    def __repr__(self) -> str:
        _, rows, cols, groups = self.evidence.shape
        return f"Explanation({self.card.name}: {self.predicted}, {rows} x {cols} x {groups} cells)"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of every array."""
        return self.card.classes

    @property
    def probabilities(self) -> DoubleArray:
        """Softmax of the logits over the card's temperature for this sensor, shape (classes,).

        Where several classes may hold at once, each class's logistic function.
        """
        scaled = self.logits.astype(np.float64) / self.card.temperature(self.edges_nm)
        if self.card.several:
            return np.asarray(1 / (1 + np.exp(-scaled)))
        shifted = np.exp(scaled - scaled.max())
        return np.asarray(shifted / shifted.sum())

    @cached_property
    def unattributed_curve(self) -> DoubleArray:
        """What the sink took of each logit at each group, shape (classes, groups)."""
        return np.stack(
            [(part * self._left).sum(axis=(0, 1), dtype=np.float64) for part in self.evidence]
        )

    @property
    def unattributed(self) -> DoubleArray:
        """What the sink took of each logit, shape (classes,)."""
        return np.asarray(self.unattributed_curve.sum(axis=1))

    @cached_property
    def _left(self) -> FloatArray:
        """What the sink took, over what it left as evidence, shape as `absorbed`."""
        return np.asarray(self.absorbed / (1 - self.absorbed))

    def doubt(self, class_name: str) -> float:
        """Return the share of a class's evidence, for and against, that could not be attributed.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        return self._doubts[self.card.class_index(class_name)]

    @cached_property
    def _doubts(self) -> list[float]:
        doubts = []
        for part in self.evidence:
            size = np.abs(part)
            placed = float(size.sum(dtype=np.float64))
            left = float((size * self._left).sum(dtype=np.float64))
            doubts.append(left / (left + placed) if left + placed > _NOTHING else 0.0)
        return doubts

    @property
    def nbytes(self) -> int:
        """Memory that its arrays take, in bytes; volumes that were derived from them apart."""
        arrays = (self.attention, self.evidence, self.saliency, self.absorbed, self.contrasts)
        return sum(array.nbytes for array in (*arrays, self.met))

    def settle(self) -> None:
        """Compute what takes a pass over all volumes, ahead of a window that must not wait."""
        _ = self.unattributed_curve, self._doubts, self.empty, self.limits("evidence")

    @cached_property
    def applicability(self) -> Applicability:
        """Whether the model knows what it was shown: verdict and reasons."""
        found = self.suitability.with_doubt(self.doubt(self.predicted))
        if len(self.classes) < 2 or self.card.several:
            return found
        second, first = np.argsort(self.probabilities)[-2:]
        margin = float(self.probabilities[first] - self.probabilities[second])
        if margin >= CLOSE_MARGIN:
            return found
        named = (
            f"{self.classes[each]} {100 * self.probabilities[each]:.0f} %"
            for each in (first, second)
        )
        text = f"close between {' and '.join(named)}: two on one leaf share the 100 %"
        return found.with_close_decision(text, margin)

    @property
    def caution(self) -> str:
        """What was asked about, the verdict with its reasons, the model's limits, in a line."""
        doubt = f"model {self.card.name}: {self.card.doubt}" if self.card.doubt else ""
        asked = f"asked about {self.within} alone" if self.within else ""
        return "; ".join(part for part in (asked, self.applicability.sentence, doubt) if part)

    @cached_property
    def empty(self) -> bool:
        """Whether nothing speaks for or against any class: the image is a usual leaf throughout."""
        return float(np.abs(self.saliency).sum(dtype=np.float64)) < _NOTHING

    @cached_property
    def predicted(self) -> str:
        """The most probable class."""
        return self.classes[int(np.argmax(self.logits))]

    def limits(self, mode: Mode) -> Limits:
        """Return the colour limits of a mode, for all classes: equal colours are equal saliency."""
        if mode not in self._limits:
            # Rounding must not fill the range of colours.
            nothing = self.empty and is_signed(mode)
            found = (-_NOTHING, _NOTHING) if nothing else robust_limits(self._sample(mode), mode)
            self._limits[mode] = found
        return self._limits[mode]

    @cached_property
    def _limits(self) -> dict[Mode, Limits]:
        """Limits that have been computed."""
        return {}

    def _sample(self, mode: Mode) -> FloatArray:
        """Return values of all classes at evenly spaced cells; at all of them in a small image."""
        _, rows, cols, _ = self.saliency.shape
        stride = max(1, self.saliency.size // LIMIT_SAMPLE)
        cells = np.unravel_index(np.arange(0, rows * cols, stride), (rows, cols))
        return np.stack([self._values(name, mode, None, cells) for name in self.classes])

    def volume(self, class_name: str, mode: Mode, against: str | None = None) -> SaliencyVolume:
        """Return the saliency volume of a class: the same object whenever it is asked for.

        Parameters
        ----------
        mode : {"evidence", "attention", "signature", "unattributed"}
        against : str or None
            Of evidence and of what is not attributed: the one class whose own is taken off. None
            takes off the mean of all others.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        rival = against if is_signed(mode) and against != class_name else None
        key = (class_name, mode, rival)
        known = self._volumes.get(key)
        if known is not None:
            return known
        title = class_name if rival is None else f"{class_name} against {rival}"
        values = self._values(class_name, mode, rival)
        volume = SaliencyVolume(
            values,
            self.edges_nm,
            self.image_shape,
            title,
            mode,
            self.limits(mode),
            self.met,
            caution=self.caution,
        )
        # A worker and the window may both come here at once; both must get the same one.
        return self._volumes.setdefault(key, volume)

    def _values(
        self, class_name: str, mode: Mode, rival: str | None, cells: Cells = _EVERYWHERE
    ) -> FloatArray:
        own = self.card.class_index(class_name)
        if mode == "signature":
            return tissue_signature(self.contrasts[cells], self.anchors[own])
        if mode == "attention":
            return np.asarray(self.attention[own][cells])
        values: FloatArray = self.saliency[own][cells]
        if rival is not None:
            values = self.evidence[own] - self.evidence[self.card.class_index(rival)]
        return values if mode == "evidence" else np.asarray(values * self._left[cells])
