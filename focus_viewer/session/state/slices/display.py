"""Display settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.documents.project import Curve, Spread
from focus_viewer.core.pictures.composite import CompositeRecipe, fitted
from focus_viewer.core.pictures.layers import Layer
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.spectra.indices import INDICES

VolumeMethod = Literal["translucent", "mip"]


@dataclass(frozen=True)
class Display:
    """Display settings.

    Attributes
    ----------
    mode : {"evidence", "attention", "signature", "unattributed"}
    heatmap : bool
        Whether the saliency is drawn over the picture.
    opacity : float
        Of the heatmap, 0 to 1.
    colourmap : str
        A name of `focus_viewer.ui.widgets.colourmaps`; "auto" fits the mode.
    volume_method : {"translucent", "mip"}
    camera : Camera or None
        Camera of the volume; None for the default.
    spectral_view : {"values", "derivative", "continuum", "snv"}
        Transform of the spectra.
    spread : {"sd", "quartiles"}
        Scatter in a region: mean and standard deviation, or median and quartiles.
    curve : {"importance", "effect", "difference"}
        Plot above the spectra: the importance curve, or two groups of regions compared.
    legend : bool
        Whether the plot of spectra has one.
    indices : tuple of str
        Names of the vegetation indices that the table of regions shows, where a cube has their
        bands.
    layers : tuple of Layer
        Over the picture, the lowest first; a cube shows those that it has bands for.
    """

    recipe: CompositeRecipe = field(default_factory=CompositeRecipe)
    mode: Mode = "evidence"
    heatmap: bool = True
    opacity: float = 0.65
    colourmap: str = "auto"
    volume_method: VolumeMethod = "translucent"
    camera: Camera | None = None
    spectral_view: SpectralView = "values"
    spread: Spread = "sd"
    curve: Curve = "importance"
    regions_by_class: bool = False
    legend: bool = True
    indices: tuple[str, ...] = tuple(index.name for index in INDICES)
    layers: tuple[Layer, ...] = ()

    @property
    def curve_settings(self) -> tuple[SpectralView, Spread, Curve, bool]:
        """Settings of curves and region table: they need not follow the rest of the display."""
        return self.spectral_view, self.spread, self.curve, self.regions_by_class

    def recipe_for(self, cube: Cube) -> CompositeRecipe:
        """Return the recipe of a cube's picture: the usual one where it lacks the chosen bands."""
        return fitted(self.recipe, cube)
