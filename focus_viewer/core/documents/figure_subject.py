"""Subject of a publication figure: cubes, explanations and measurements, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.cubes.viewpoint import Camera
from focus_viewer.core.masks.mask import Mask
from focus_viewer.core.pictures.composite import Composite
from focus_viewer.core.regions.annotations import Annotation
from focus_viewer.core.regions.effect_size import EffectSize
from focus_viewer.core.regions.spectra import RegionSpectrum
from focus_viewer.core.regions.table import RegionRow
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.trust import TrustReport
from focus_viewer.core.saliency.volume import Mode, SaliencyVolume
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.studies.comparison import Comparison as GroupsCompared
from focus_viewer.core.typing import DoubleArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """Comparison of the spectra of two groups of regions: first minus second, at the bands."""

    first: str
    second: str
    effect: EffectSize


@dataclass(frozen=True, eq=False)
class FigureCube:
    """Cube of a figure.

    Attributes
    ----------
    class_name, against : str or None
        As in `focus_viewer.session.state.document.Document`.
    regions : tuple of Annotation
        Drawn regions.
    rows : tuple of RegionRow
        Of these regions, in their order.
    spectra : mapping of int to RegionSpectrum
        By id of the region.
    importance : mapping of int to DoubleArray, shape (groups,)
        By id of the region.
    pixel_size : tuple of (float, str) or None
        Side of a pixel and its unit.
    withheld : bool
        Whether its evidence is kept back: the model does not apply, and nobody asked for it.
    trust : TrustReport or None
        What testing the explanation of its class found.
    fingerprint : str
        Hash of the cube's content after its kind, as in "sha256:..."; empty where not known.
    mask : Mask or None
        That measurements and contrast are limited to.
    layers : tuple of str
        Layers over the picture in words, the lowest first.
    """

    cube: Cube
    composite: Composite
    explanation: Explanation | None = None
    class_name: str | None = None
    against: str | None = None
    regions: tuple[Annotation, ...] = ()
    rows: tuple[RegionRow, ...] = ()
    spectra: Mapping[int, RegionSpectrum] = field(default_factory=dict)
    importance: Mapping[int, DoubleArray] = field(default_factory=dict)
    comparison: Comparison | None = None
    pixel_size: tuple[float, str] | None = None
    fingerprint: str = ""
    trust: TrustReport | None = None
    withheld: bool = False
    mask: Mask | None = None
    layers: tuple[str, ...] = ()

    def volume(self, mode: Mode) -> SaliencyVolume | None:
        """Return the saliency volume of its class; None where it is not explained, or withheld."""
        if self.explanation is None or self.class_name is None or self.withheld:
            return None
        return self.explanation.volume(self.class_name, mode, self.against)

    def explained(self, mode: Mode) -> SaliencyVolume:
        """Return the saliency volume of its class; ValueError where it is not explained."""
        volume = self.volume(mode)
        if volume is None:
            raise ValueError(f"{self.cube.name} is not explained")
        return volume


@dataclass(frozen=True, eq=False)
class FigureSubject:
    """All inputs of a figure.

    Attributes
    ----------
    cubes : tuple of FigureCube
        At least one; curves, volume and table are of the first.
    window_nm : BandWindow
        Band window of the heatmaps.
    mode : {"evidence", "attention", "signature", "unattributed"}
    colourmap : str
        "auto", or one of matplotlib's names in any case.
    opacity : float
        Of the heatmap, 0 to 1.
    strongest_only : bool
        Whether the volume shows the strongest value behind each point, rather than a cloud.
    camera : Camera or None
        Before the volume; its angles are taken.
    groups : GroupsCompared or None
        Importance curves of groups of plants, of the study that is open.
    """

    cubes: tuple[FigureCube, ...]
    window_nm: BandWindow
    mode: Mode = "evidence"
    colourmap: str = "auto"
    opacity: float = 0.65
    strongest_only: bool = False
    camera: Camera | None = None
    groups: GroupsCompared | None = None

    @property
    def first(self) -> FigureCube:
        """Cube of the curves, the volume and the table."""
        return self.cubes[0]
