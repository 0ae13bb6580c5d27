"""Python interface: open cubes and projects, load models, explain one cube or many; no window.

Libraries are imported by the first call that needs them, so that importing the package stays cheap.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

    from focus_viewer.batch.run import BatchRun
    from focus_viewer.core.cubes.array_choice import Axes
    from focus_viewer.core.cubes.cube import Cube, Units
    from focus_viewer.core.documents.project import ProjectReading
    from focus_viewer.core.progress import Step
    from focus_viewer.core.saliency.model_card import ModelCard
    from focus_viewer.explain.inference.explainer import Explainer
    from focus_viewer.result import Result

DEFAULT_MODEL = "focus-leaf"


def open_cube(
    path: str | Path,
    *,
    array: str | None = None,
    axes: Axes | None = None,
    image_shape: tuple[int, int] | None = None,
    wavelengths_nm: Sequence[float] | None = None,
    units: Units | None = None,
    scale: float | None = None,
    no_data: float | None = None,
) -> Cube:
    """Open a hyperspectral cube of any supported format; pixels are read when they are needed.

    By default the file decides; what is given counts in its place, for every format. `array`,
    `axes` and `image_shape` choose in a container of arrays (HDF5, netCDF, MATLAB, NumPy, Zarr,
    TIFF); for an ENVI file they are an error.

    Parameters
    ----------
    path : str or Path
        The file, its ENVI header, or the folder of a Zarr store.
    array : str, optional
        Name of the array in the file.
    axes : tuple of str, optional
        "rows", "cols" and "bands" in the array's order.
    image_shape : tuple of int, optional
        (rows, cols) of an array of spectra.
    wavelengths_nm : sequence of float, optional
        Band centres in nm, one for each band in the file's order; empty for none.
    units : {"reflectance", "radiance", "counts", "unknown"}, optional
    scale : float, optional
        Divisor of the stored values, in place of all factors in the file.
    no_data : float, optional
        Stored value that stands for no data.

    Returns
    -------
    Cube
        `cube.notes` lists what was assumed.

    Raises
    ------
    NeedsChoice
        If several arrays may be the cube, or its axes are ambiguous: pass `array` or `axes`.
    CubeError
        If the file is not a cube, incomplete, damaged, or may not be read, or an option cannot
        apply to it.
    ValueError
        If units or scale are not valid.
    """
    from focus_viewer.core.cubes.array_choice import ArrayChoice
    from focus_viewer.io import read_cube

    _check_options(units, scale)
    centers = None if wavelengths_nm is None else tuple(float(nm) for nm in wavelengths_nm)
    choice = ArrayChoice(array, axes, image_shape, centers, units, scale, no_data)
    return read_cube(Path(path), None if choice == ArrayChoice() else choice)


def _check_options(units: str | None, scale: float | None) -> None:
    from focus_viewer.core.cubes.cube import Units

    if units is not None and units not in get_args(Units):
        raise ValueError(f"units: expected one of {', '.join(get_args(Units))}; found {units!r}")
    if scale is not None and not 0 < scale < float("inf"):
        raise ValueError(f"scale: expected a positive number, found {scale!r}")


def explain(
    cube: Cube | str | Path,
    *,
    model: str | Path = DEFAULT_MODEL,
    device: str = "auto",
    progress: Step | None = None,
) -> Result:
    """Explain the decision of a frozen ViT on a cube, for all classes in one forward pass.

    Parameters
    ----------
    cube : Cube, str or Path
    model : str or Path
        Name of a bundled model, or the folder of one. A loaded model is reused.
    device : str
        "auto" takes CUDA, then MPS, then the CPU; else a torch device such as "cuda:0".
    progress : callable, optional
        Called as `progress(fraction, text)`; an exception that it raises cancels.

    Returns
    -------
    Result

    Raises
    ------
    IncompatibleCube
        If the cube has no wavelengths, too few of the model's groups, or no data.
    ModelError
        If the model cannot be loaded or the device is not available.
    CubeError
        If the cube cannot be opened or read.
    """
    from focus_viewer.core.cubes.cube import Cube
    from focus_viewer.core.progress import silent
    from focus_viewer.core.saliency.request import ExplainRequest
    from focus_viewer.result import Result

    opened = cube if isinstance(cube, Cube) else open_cube(cube)
    request = ExplainRequest(0, opened, str(model), device)
    return Result(opened, _explainer().explain(request, progress or silent))


def batch(
    inputs: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    model: str | Path = DEFAULT_MODEL,
    regions: str | Path | None = None,
    objects: bool = False,
    calibrate: str | Path = "",
    groups: str | Path | None = None,
    wavelengths: str | Path | None = None,
    workers: int = 1,
    scheduler: str = "",
    device: str = "auto",
    resume: bool = True,
    progress: Step | None = None,
) -> BatchRun:
    """Explain many cubes: one table and their curves, also written to files in `out`.

    The result is that of `focus-viewer batch` with the same options. What is finished in `out` and
    unchanged is not computed again.

    Parameters
    ----------
    inputs : str, Path, or sequence of them
        Cubes, folders, patterns, tables (CSV) with a column of files, projects, data sets.
    out : str or Path
        Folder of the table and the journal.
    model : str or Path
        Name of a bundled model, or the folder of one.
    regions : str or Path, optional
        File of regions that each cube has, each decided on alone.
    objects : bool
        Whether each leaf or plant of an image is decided on alone too.
    calibrate : str or Path
        "auto" takes white and dark references beside cubes of counts; else the white reference.
    groups : str or Path, optional
        Table (CSV) with a column of files; its other columns are groups.
    wavelengths : str or Path, optional
        Table of wavelengths (CSV) for cubes that state none.
    workers : int
        Processes on this machine; 1 works in this one. With more, a script must keep its own code
        under `if __name__ == "__main__":`.
    scheduler : str
        Address of a running dask scheduler, in place of `workers`.
    device : str
        As for `explain`.
    resume : bool
        False computes what is finished again.
    progress : callable, optional
        Called as `progress(fraction, text)`; an exception that it raises ends the batch, and what
        is finished is kept.

    Returns
    -------
    BatchRun
        `rows`, `columns` (NumPy arrays by name), `curves` and `paths`.

    Raises
    ------
    FocusError
        If an input, the model, the device or a library is missing, or `out` holds a batch with
        other options.
    """
    from focus_viewer.batch.options import AUTO, BatchOptions
    from focus_viewer.batch.run import BatchRequest, run_batch
    from focus_viewer.core.progress import silent

    several = (inputs,) if isinstance(inputs, str | Path) else tuple(inputs)
    white = str(calibrate)
    options = BatchOptions(
        str(model),
        None if regions is None else Path(regions),
        objects,
        AUTO if white.lower() == AUTO else white,
        device,
    )
    request = BatchRequest(
        several,
        Path(out),
        options,
        None if groups is None else Path(groups),
        workers,
        scheduler,
        resume,
        None if wavelengths is None else Path(wavelengths),
    )
    return run_batch(request, progress or silent)


def load_model(model: str | Path = DEFAULT_MODEL) -> ModelCard:
    """Load a model ahead of its first use and return its card: classes, training, known limits.

    Parameters
    ----------
    model : str or Path
        Name of a bundled model, or the folder of one.

    Raises
    ------
    ModelError
        If files are missing, damaged, or not those that the card was written for.
    """
    return _explainer().load(str(model)).card


def open_project(path: str | Path, *, progress: Step | None = None) -> ProjectReading:
    """Read a project file: its cubes by path, regions, views and the results that still hold.

    Parameters
    ----------
    path : str or Path
        `NAME.focus.json`.
    progress : callable, optional
        Called as `progress(fraction, text)`.

    Returns
    -------
    ProjectReading
        The project, and which of its cubes are missing or have changed.

    Raises
    ------
    FocusError
        If the file is not a project, or is damaged.
    """
    from focus_viewer.core.progress import silent
    from focus_viewer.services.project_reading import read_project

    return read_project(Path(path), progress or silent)


@cache
def _explainer() -> Explainer:
    """Return the explainer that all calls share: it keeps the models that it has loaded."""
    from focus_viewer.explain.inference.explainer import Explainer

    return Explainer()
