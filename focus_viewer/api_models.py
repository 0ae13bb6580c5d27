"""Python interface to new models: teach a frozen backbone, attach a Vision Transformer.

Libraries are imported by the first call that needs them, so that importing the package stays cheap.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from focus_viewer.api import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from focus_viewer.core.cubes.cube import Cube
    from focus_viewer.core.datasets.data_set import DataSet
    from focus_viewer.core.progress import Step
    from focus_viewer.core.saliency.model_card import ModelCard


def fit(
    data: DataSet | str | Path,
    out: str | Path,
    *,
    backbone: str | Path = DEFAULT_MODEL,
    group: str | None = None,
    folds: int = 5,
    bands_nm: Sequence[tuple[float, float]] = (),
    report: bool = False,
    seed: int = 0,
    progress: Step | None = None,
) -> ModelCard:
    """Teach a frozen backbone the classes of a data set, and write a model folder.

    The result is that of `focus-viewer fit` with the same options. `explain(cube, model=out)` uses
    it like any other model.

    Parameters
    ----------
    data : DataSet, str or Path
        As `focus_viewer.io.datasets.read_data_set` returns or reads it.
    out : str or Path
        Folder of the model, named as the model.
    backbone : str or Path
        Name of a bundled model, or the folder of one.
    group : str, optional
        Column whose groups are held out as a whole.
    folds : int
        Number of folds that are held out.
    bands_nm : sequence of (float, float)
        Ranges that may be read; all by default.
    report : bool
        Validate, and write report.json, report.html and report.pdf.
    progress : callable, optional
        Called as `progress(fraction, text)`; an exception that it raises cancels.

    Returns
    -------
    ModelCard

    Raises
    ------
    DataSetError
        If nothing can be learned from the data set.
    IncompatibleCube
        If a cube lacks wavelengths, spectral groups or data.
    ModelError
        If there is no such backbone.
    """
    from focus_viewer.core.datasets.data_set import DataSet
    from focus_viewer.core.progress import silent
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.io.datasets import read_data_set
    from focus_viewer.services.teaching import FitRequest, fit_model

    found = data if isinstance(data, DataSet) else read_data_set(data)
    source = found.name if isinstance(data, DataSet) else str(data)
    spans = tuple((float(low), float(high)) for low, high in bands_nm)
    plan = TeachingPlan(spans, group, folds, seed)
    request = FitRequest(found, source, Path(out), plan, str(backbone), report)
    return fit_model(request, progress or silent)


def attach(
    checkpoint: str | Path,
    cubes: str | Path | Sequence[Cube | str | Path],
    out: str | Path,
    *,
    architecture: str,
    classes: Sequence[str] = (),
    several: bool = False,
    image_size: int | None = None,
    options: Mapping[str, int | float | str | bool] | None = None,
    bands_nm: Sequence[float] = (),
    mean: float | Sequence[float] = 0.0,
    std: float | Sequence[float] = 1.0,
    factor: float = 1.0,
    groups: int = 48,
    windows: int = 256,
    epochs: int = 20,
    evaluations: int | None = None,
    seed: int = 0,
    device: str = "auto",
    progress: Step | None = None,
) -> ModelCard:
    """Take a frozen ViT of another origin apart, without labels, and write a model folder.

    The result is that of `focus-viewer attach` with the same options. `explain(cube, model=out)`
    uses it like any other model. See docs/your-vit.md.

    Parameters
    ----------
    checkpoint : str or Path
        State dict: .safetensors, .pt or .pth.
    cubes : str, Path, or sequence of these or of Cube
        Folder of cubes without labels, or cubes one by one.
    out : str or Path
        Folder of the model, named as the model.
    architecture : str
        timm's name of it, "spectf", or a DOFA of torchgeo.
    classes : sequence of str, optional
        Names of its outputs, in their order.
    several : bool
        Whether several classes may hold at once, each with a logistic function of its own.
    image_size : int, optional
        Side of its images in pixels.
    options : mapping, optional
        Passed to timm's `create_model`.
    bands_nm : sequence of float, optional
        Centres of its bands, in its order; those of the cubes by default.
    mean, std : float or sequence of float
        Its normalisation, for each band or one for all: (value * factor - mean) / std.
    groups, windows, epochs, evaluations : int
        See `focus-viewer attach --help`.
    device : str
        As for `explain`.
    progress : callable, optional
        Called as `progress(fraction, text)`; an exception that it raises cancels.

    Returns
    -------
    ModelCard
        `measured` says how explanations agree with brute force, `attached["skipped"]` which cubes
        were passed over.

    Raises
    ------
    ModelError
        If the state dict cannot be used, or does not fit.
    CubeError
        If no cube can be used.
    """
    from focus_viewer.core.progress import silent
    from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
    from focus_viewer.services.attaching import AttachRequest, attach_model

    facts = FrozenModelFacts(
        *(architecture, tuple(classes), image_size, options or {}, _numbers(bands_nm)),
        *(_numbers(mean), _numbers(std), factor, several),
    )
    plan = AttachPlan(
        *(groups, windows), epochs=epochs, evaluations=evaluations, seed=seed, device=device
    )
    request = AttachRequest(Path(checkpoint), _as_paths(cubes), Path(out), facts, plan)
    return attach_model(request, progress or silent)


def _numbers(values: float | Sequence[float]) -> tuple[float, ...]:
    """Return a number, or the numbers of a sequence or array, as a tuple."""
    import numpy as np

    return tuple(np.atleast_1d(np.asarray(values, dtype=np.float64)).tolist())


def _as_paths(cubes: str | Path | Sequence[Cube | str | Path]) -> Path | list[Cube | Path]:
    if isinstance(cubes, str | Path):
        return Path(cubes)
    return [Path(each) if isinstance(each, str) else each for each in cubes]
