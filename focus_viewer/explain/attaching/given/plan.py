"""Plan of an attachment: what is known of the frozen model, and how long to train."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FrozenModelFacts:
    """Facts that a state dict does not say.

    Attributes
    ----------
    architecture : str
        Name in timm's registry, or "spectf", or torchgeo's name of a DOFA.
    classes : tuple of str
        In the order of its outputs; numbered where there are none.
    image_size : int or None
        Side of its images in pixels; by its position embeddings otherwise.
    options : mapping
        Passed to timm: `embed_dim`, `depth`, `global_pool`, ...
    bands_nm : tuple of float
        Centres of its bands, in its order; empty for those of the cubes.
    mean, std : tuple of float
        What it takes off and divides by, for each band or one for all.
    scale : float
        What a cube's values are multiplied by before.
    several : bool
        Whether several classes may hold at once: a logistic function for each, in place of softmax.
    """

    architecture: str
    classes: tuple[str, ...] = ()
    image_size: int | None = None
    options: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    bands_nm: tuple[float, ...] = ()
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    scale: float = 1.0
    several: bool = False

    @property
    def normalises(self) -> bool:
        """Whether values are changed before the model meets them."""
        return set(self.mean) != {0.0} or set(self.std) != {1.0}


@dataclass(frozen=True)
class AttachPlan:
    """Plan of training and of the check.

    Attributes
    ----------
    groups : int
        Spectral groups, at most about.
    windows : int
        That coalitions are played in.
    pairs : int
        Of coalitions in a window are drawn three times as many pairs.
    held_out : int
        Windows of held-out cubes that are compared with brute force.
    evaluations : int or None
        Of the frozen model in each of them, by groups and as many by cells; by default in
        proportion to the number of groups and of cells: their values are the smaller the more
        there are.
    device : str
        "auto", or torch's name of one.
    """

    groups: int = 48
    windows: int = 256
    pairs: int = 6
    epochs: int = 20
    held_out: int = 8
    evaluations: int | None = None
    seed: int = 0
    device: str = "auto"
