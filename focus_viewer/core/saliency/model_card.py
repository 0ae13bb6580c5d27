"""Card of a model: classes, training data, validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from focus_viewer.core.typing import DoubleArray


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
    measured : mapping of str to float
        Figures on scenes kept out of training, by name.
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
    measured: Mapping[str, float] = field(default_factory=dict)
    benchmark: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)

    @property
    def edges_nm(self) -> DoubleArray:
        """Lower and upper edge of each group, shape (groups, 2)."""
        edges = np.asarray(self.group_edges_nm, dtype=np.float64)
        return np.stack([edges[:-1], edges[1:]], axis=1)

    @property
    def doubt(self) -> str:
        """Warning shown with the model's results; empty once it is validated."""
        return "" if self.validated else self.warning or "not validated"

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
