"""Result of explaining a cube: decision, saliency volume, importance curve and heatmap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.applicability import Applicability
from focus_viewer.core.saliency.explanation import Cost, Explanation
from focus_viewer.core.saliency.logit_sum import LogitSum, logit_sum
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.result_notes import result_notes
from focus_viewer.core.saliency.volume import (
    Mode,
    SaliencyVolume,
    group_weights,
    heatmap,
    importance_curve,
)
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import DoubleArray, FloatArray
from focus_viewer.core.wording import percent


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """Explanation of one cube by one model, for all classes."""

    cube: Cube
    explanation: Explanation

    @property
    def card(self) -> ModelCard:
        """Card of the model that was explained."""
        return self.explanation.card

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.explanation.classes

    @property
    def predicted(self) -> str:
        """The most probable class."""
        return self.explanation.predicted

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of each class by the frozen model, by name."""
        values = self.explanation.probabilities.tolist()
        return dict(zip(self.classes, values, strict=True))

    @property
    def logits(self) -> dict[str, float]:
        """Logit of each class by the frozen model, by name."""
        return dict(zip(self.classes, self.explanation.logits.tolist(), strict=True))

    @property
    def edges_nm(self) -> DoubleArray:
        """Lower and upper edge of each spectral group in nm, shape (groups, 2)."""
        return self.explanation.edges_nm

    @property
    def centers_nm(self) -> DoubleArray:
        """Middle of each spectral group in nm, shape (groups,): the axis of the curve."""
        return np.asarray(self.edges_nm.mean(axis=1))

    @property
    def cost(self) -> Cost:
        """Passes, seconds, device and memory of the explanation."""
        return self.explanation.cost

    @property
    def applicability(self) -> Applicability:
        """Whether the model knows what the cube shows: verdict and reasons, with numbers."""
        return self.explanation.applicability

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known to read the result: verdict, the model's limits, assumptions."""
        return result_notes(self.cube, self.explanation)

    def volume(
        self, class_name: str, *, mode: Mode = "evidence", reference_class: str | None = None
    ) -> SaliencyVolume:
        """Return the saliency volume of a class.

        Parameters
        ----------
        class_name : str
        mode : {"evidence", "attention", "signature", "unattributed"}
            Exact parts of the frozen model's logit; the prompts' attention; where and at which
            bands tissue departs the way the class's tissue does, no explanation of the decision;
            what the sink took of the logit.
        reference_class : str, optional
            Class whose evidence is subtracted; by default the mean of all others.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        return self.explanation.volume(class_name, mode, reference_class)

    def importance_curve(
        self, class_name: str, *, mode: Mode = "evidence", reference_class: str | None = None
    ) -> DoubleArray:
        """Return the importance of each spectral group for a class, summed over the image.

        Parameters and errors are those of `volume`.

        Returns
        -------
        DoubleArray, shape (groups,)
            At `centers_nm`; evidence in logits, attention as a share, signature in arbitrary units.
        """
        return importance_curve(self.volume(class_name, mode=mode, reference_class=reference_class))

    def waterfall(self, class_name: str) -> LogitSum:
        """Return the sum of a class's logit: `baseline + evidence + unattributed == logit`.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        return logit_sum(self.explanation, class_name)

    def doubt(self, class_name: str) -> float:
        """Return the share of a class's evidence that could not be attributed, 0 to 1.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        return self.explanation.doubt(class_name)

    def heatmap(
        self,
        class_name: str,
        center_nm: float,
        *,
        width_nm: float = 0.0,
        mode: Mode = "evidence",
        reference_class: str | None = None,
    ) -> FloatArray:
        """Return the saliency of a class over a band window, at the cube's pixels.

        The other parameters are those of `volume`.

        Parameters
        ----------
        center_nm, width_nm : float
            The window; without a width the spectral group at its centre.

        Returns
        -------
        FloatArray, shape (rows, cols)
            In the unit of the volume's cells, smoothed between them: of evidence, logits per cell.
            A sum over pixels counts each cell as often as it has pixels.

        Raises
        ------
        ValueError
            If the model has no such class, the window is not one, or no band group is in it.
        """
        if not (np.isfinite([center_nm, width_nm]).all() and width_nm >= 0):
            raise ValueError(f"expected a centre and a width in nm, found {center_nm}, {width_nm}")
        window = BandWindow(center_nm, width_nm)
        volume = self.volume(class_name, mode=mode, reference_class=reference_class)
        if not group_weights(volume.edges_nm, window).any():
            low, high = volume.edges_nm.min(), volume.edges_nm.max()
            raise ValueError(
                f"no band group of {self.cube.name} at {center_nm:g} nm: expected a window within "
                f"{nm_number(low)} to {nm_number(high)} nm, outside of gaps"
            )
        return heatmap(volume, window)

    def strongest_nm(self, class_name: str) -> float:
        """Return the centre in nm of the spectral group with the most evidence for a class.

        Raises
        ------
        ValueError
            If the model has no such class.
        """
        return float(self.centers_nm[self.importance_curve(class_name).argmax()])

    def __repr__(self) -> str:
        found = f"{self.predicted} {percent(self.probabilities[self.predicted])}"
        if self.applicability.verdict == "does not apply":
            found = f"the model does not apply ({found})"
        return (
            f"Result({self.cube.name}: {found}, "
            f"{len(self.classes)} classes, {len(self.edges_nm)} groups of "
            f"{nm_number(self.edges_nm.min())}-{nm_number(self.edges_nm.max())} nm, "
            f"model {self.card.name} "
            f"{self.applicability.verdict}, {self.card.doubt or 'validated'})"
        )

    def _repr_html_(self) -> str:
        from focus_viewer.notebook import explanation_html

        return explanation_html(self.cube, self.explanation, self.notes)
