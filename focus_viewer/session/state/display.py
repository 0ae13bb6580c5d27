"""How things are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.documents.project import Curve, Spread
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.regions.viewed_spectra import SpectralView
from focus_viewer.core.saliency.volume import Mode
from focus_viewer.core.spectra.indices import INDICES

VolumeMethod = Literal["translucent", "mip"]


@dataclass(frozen=True)
class Display:
    """How things are drawn.

    Attributes
    ----------
    recipe : CompositeRecipe
    mode : {"evidence", "attention"}
    heatmap : bool
        Whether the saliency lies over the picture.
    opacity : float
        Of the heatmap, 0 to 1.
    colourmap : str
        A name of `focus_viewer.ui.widgets.colourmaps`; "auto" fits the mode.
    volume_method : {"translucent", "mip"}
    camera : Camera or None
        Before the volume; None looks at it as at first.
    spectral_view : {"values", "derivative", "continuum", "snv"}
        How spectra are looked at.
    spread : {"sd", "quartiles"}
        How the pixels of a region scatter: mean and standard deviation, or median and quartiles.
    curve : {"importance", "effect", "difference"}
        What stands over the spectra: the importance curve, or two groups of regions compared.
    indices : tuple of str
        Names of the vegetation indices that the table of regions shows, where a cube has their
        bands.
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
    indices: tuple[str, ...] = tuple(index.name for index in INDICES)
