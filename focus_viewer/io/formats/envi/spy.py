"""SPy (the package `spectral`), imported here and nowhere else."""

from __future__ import annotations

import logging
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from spectral.io import envi

# On import SPy hangs a handler of its own on its logger; what is logged where is the user's choice.
for _handler in tuple(logging.getLogger("spectral").handlers):
    logging.getLogger("spectral").removeHandler(_handler)

DATA_TYPES = MappingProxyType({code: np.dtype(char) for code, char in envi.envi_to_dtype.items()})
DATA_SUFFIX = ".img"


def write_header(path: Path, entries: dict[str, Any]) -> None:
    """Write an ENVI header of texts, numbers and lists."""
    envi.write_envi_header(str(path), entries)
