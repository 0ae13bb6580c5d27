"""Leaf tissue and its reflectance by PROSPECT-D."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from focus_viewer.core.errors import FocusError
from focus_viewer.core.typing import FloatArray


@dataclass(frozen=True)
class Tissue:
    """Parameters of PROSPECT-D for a piece of leaf.

    The values drawn in this package stay within those measured on fresh leaves in the LOPEX93
    and ANGERS databases: Cab 1-107, Car 0-25 µg/cm², Cw 0.0003-0.053 cm, Cm 0.0017-0.033 g/cm²
    [1]_, [2]_; anthocyanin as in the red leaves of [3]_.

    Attributes
    ----------
    n : float
        Structure: effective number of layers, 1 to 3; 1 to 1.5 in the compact leaves of monocots,
        1.5 to 2.5 in the spongy ones of dicots [4]_.
    cab, car, ant : float
        Chlorophyll a+b, carotenoids, anthocyanins, µg/cm².
    brown : float
        Brown pigment (polyphenols of dying tissue), arbitrary unit: 0 in green leaves, 1 and more
        in necrotic tissue.
    cw : float
        Water, as the thickness of its layer, cm.
    cm : float
        Dry matter, g/cm².

    References
    ----------
    .. [1] Hosgood et al., Leaf Optical Properties EXperiment 93 (LOPEX93), EUR 16095 EN, 1995.
    .. [2] Féret et al., PROSPECT-4 and 5, Remote Sens. Environ. 112 (2008) 3030-3043.
    .. [3] Féret et al., PROSPECT-D, Remote Sens. Environ. 193 (2017) 204-215.
    .. [4] Jacquemoud & Baret, PROSPECT, Remote Sens. Environ. 34 (1990) 75-91.
    """

    n: float
    cab: float
    car: float
    ant: float
    brown: float
    cw: float
    cm: float


def draw_healthy(rng: np.random.Generator) -> Tissue:
    """Draw the mean tissue of a healthy leaf.

    Chlorophyll 35-65 µg/cm² and carotenoids at a fifth to a quarter of it, as in mature green
    leaves of ANGERS (Féret et al. 2008); structure as in leaves of monocots and dicots
    (Jacquemoud & Baret 1990); water and dry matter well within LOPEX93 and ANGERS.
    """
    cab = rng.uniform(35, 65)
    return Tissue(
        n=rng.uniform(1.3, 2.0),
        cab=cab,
        car=cab * rng.uniform(0.19, 0.25),
        ant=rng.uniform(0.0, 1.5),
        brown=rng.uniform(0.0, 0.03),
        cw=rng.uniform(0.010, 0.018),
        cm=rng.uniform(0.004, 0.009),
    )


def reflectance(tissues: Sequence[Tissue]) -> FloatArray:
    """Compute directional-hemispherical reflectance by PROSPECT-D (Féret et al. 2017).

    At 1 nm from 400 to 2500, shape (n, 2101).

    Raises
    ------
    FocusError
        If the extra `simulate` is not installed.
    """
    run_prospect = _prosail().run_prospect
    return np.stack([_spectrum(run_prospect, tissue) for tissue in tissues])


# Scenes of every class show the same leaf: most tissues come again within a few scenes.
@lru_cache(maxsize=512)
def _spectrum(run_prospect: Callable[..., Any], tissue: Tissue) -> FloatArray:
    n, cab, car, ant, brown, cw, cm = astuple(tissue)
    _, reflected, _ = run_prospect(n, cab, car, brown, cw, cm, ant=ant, prospect_version="D")
    return np.asarray(reflected, dtype=np.float32)


def soil_reflectance() -> FloatArray:
    """Return the reflectance of a dry and a wet soil, shape (2, 2101), as PROSAIL brings them.

    Errors are those of `reflectance`.
    """
    soil = _prosail().spectral_lib.soil
    return np.asarray([soil.rsoil1, soil.rsoil2], dtype=np.float32)


def _prosail() -> Any:
    # Imported late: the extra is optional, and numba behind it takes seconds to load.
    try:
        import prosail
        from prosail import prospect_d
    except ModuleNotFoundError as error:
        raise FocusError(
            f"Simulating leaves needs the package {error.name}, which is not installed: "
            "run `pip install focus-viewer[simulate]`."
        ) from error
    _remember_transmissivity(prospect_d)
    return prosail


@lru_cache(maxsize=1)
def _remember_transmissivity(prospect_d: Any) -> None:
    """Compute in prosail what passes the surface of a leaf once, not for each spectrum.

    It depends on the refractive index alone, which is the same for every leaf; prosail 2.0.5
    computes it twice for each spectrum, and that is most of its time.
    """
    transmissivity = prospect_d.calctav
    known: dict[tuple[float, bytes], Any] = {}

    def remembered(angle_deg: float, index: Any) -> Any:
        key = (angle_deg, index.tobytes())
        if key not in known:
            known[key] = transmissivity(angle_deg, index)
            known[key].setflags(write=False)
        return known[key]

    prospect_d.calctav = remembered
