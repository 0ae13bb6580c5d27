"""Card of a model: classes, training data, validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from focus_viewer.core.typing import DoubleArray

# Sensors of a range start and end about here.
_BLUE_NM, _SWIR_NM = 510.0, 2350.0
_NIR_NM = (850.0, 1100.0)

SENSOR_RANGES = ("full range", "VNIR", "other")
"""What accuracy and temperature are measured for, each on its own."""

MODEL, BACKBONE = "model", "backbone"
"""Roles: a model decides; a backbone has no classes and is there to be taught some."""


@dataclass(frozen=True)
class ModelCard:
    """Facts that a person needs before trusting a model.

    Attributes
    ----------
    backbone : str
        The timm architecture, in words.
    group_edges_nm : tuple of float
        Edges of the spectral groups, ascending, one more than there are groups.
    validated : bool
        False until it was tested on measured plants with known labels.
    warning : str
        Shown wherever the model's results are.
    extra_parameters_percent : float
        Prompts and sink, against the backbone's own parameters.
    sha256 : str
        Of the weights file.
    command : str
        The command that trained it.
    temperatures : mapping of str to float
        By range of sensors ("full range", "VNIR", "other"): the frozen logits over this give
        probabilities that are as often right as they say.
    measured : mapping of str to float
        Figures on scenes kept out of training, by name.
    several : bool
        Whether several classes may hold at once: each then has a probability of its own.
    role : {"model", "backbone"}
    teaching : mapping
        How a user taught it, by name; see docs/model-folder.md. Empty for other models.
    attached : mapping
        What a frozen model that was trained elsewhere was attached with; see docs/your-vit.md.
        Empty for other models.
    benchmark : mapping
        Sensor to method to metric to mean: the main figures of `focus-viewer benchmark`.
    """

    name: str
    version: str
    backbone: str
    classes: tuple[str, ...]
    group_edges_nm: tuple[float, ...]
    training_data: str
    validated: bool
    warning: str
    extra_parameters_percent: float
    sha256: str
    command: str
    temperatures: Mapping[str, float] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)
    benchmark: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    several: bool = False
    teaching: Mapping[str, Any] = field(default_factory=dict)
    role: str = MODEL
    attached: Mapping[str, Any] = field(default_factory=dict)

    @property
    def edges_nm(self) -> DoubleArray:
        """Lower and upper edge of each group, shape (groups, 2)."""
        edges = np.asarray(self.group_edges_nm, dtype=np.float64)
        return np.stack([edges[:-1], edges[1:]], axis=1)

    @property
    def decides(self) -> bool:
        """Whether it has classes of its own."""
        return self.role == MODEL

    @property
    def doubt(self) -> str:
        """Warning shown with the model's results; empty once it is validated."""
        return "" if self.validated else self.warning or "not validated"

    def was_taught_from(self, fingerprint: str) -> bool | None:
        """Return whether a cube of this content was among those that it was taught from.

        None where that is not known: of models that were trained elsewhere, and of those that an
        earlier version taught.
        """
        if self.attached:
            return None
        known = self.teaching.get("fingerprints") if self.teaching else ()
        return None if known is None else fingerprint in known

    def temperature(self, edges_nm: DoubleArray) -> float:
        """Return the temperature for a sensor that has these groups; 1 where none was measured."""
        return self.temperatures.get(sensor_range(edges_nm), 1.0)

    def class_index(self, class_name: str) -> int:
        """Return the position of a class in the model's arrays.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        if class_name not in self.classes:
            raise ValueError(
                f"the model {self.name} has no class {class_name!r}; it has "
                + ", ".join(self.classes)
            )
        return self.classes.index(class_name)


def sensor_range(edges_nm: DoubleArray) -> str:
    """Return the name of the range that groups cover: "full range", "VNIR" or "other".

    Parameters
    ----------
    edges_nm : DoubleArray, shape (groups, 2)
    """
    low, high = float(edges_nm[0, 0]), float(edges_nm[-1, 1])
    if low <= _BLUE_NM and high >= _SWIR_NM:
        return "full range"
    if low <= _BLUE_NM and _NIR_NM[0] <= high <= _NIR_NM[1]:
        return "VNIR"
    return "other"
