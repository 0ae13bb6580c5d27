"""SPy (the package `spectral`), imported here and nowhere else."""

from __future__ import annotations

import logging
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spectral.io import envi
from spectral.io.bilfile import BilFile
from spectral.io.bipfile import BipFile
from spectral.io.bsqfile import BsqFile

from focus_viewer.core.errors import CubeError

# On import SPy hangs a handler of its own on its logger; what is logged where is the user's choice.
for _handler in tuple(logging.getLogger("spectral").handlers):
    logging.getLogger("spectral").removeHandler(_handler)

DATA_TYPES = MappingProxyType({code: np.dtype(char) for code, char in envi.envi_to_dtype.items()})
DATA_SUFFIX = ".img"
_IMAGES = {"bsq": BsqFile, "bil": BilFile, "bip": BipFile}


def map_pixels(path: Path, fields: dict[str, str]) -> NDArray[Any]:
    """Map the stored numbers of a data file, as they are: not scaled, nothing left out.

    Parameters
    ----------
    path : Path
        The data file, absolute: SPy looks for others in more places.
    fields : dict of str to str
        Checked header entries: samples, lines, bands, header offset, data type, byte order and
        interleave.

    Returns
    -------
    NDArray, shape (rows, cols, bands)
        A view of the map, in the file's data type and byte order.

    Raises
    ------
    CubeError
        If the system cannot map the file.
    """
    params = envi.gen_params(fields)
    params.filename = str(path)
    image = _IMAGES[fields["interleave"]](params)
    if not image.using_memmap:
        raise CubeError(
            f"{path} cannot be mapped into memory. Check that it can be read and that its disk "
            "allows it; a copy on a local disk helps."
        )
    return np.asarray(image.open_memmap(interleave="bip"))


def write_header(path: Path, entries: dict[str, Any]) -> None:
    """Write an ENVI header.

    Parameters
    ----------
    path : Path
    entries : dict
        All of it, each a text, a number or a list.
    """
    envi.write_envi_header(str(path), entries)
