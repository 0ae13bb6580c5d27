"""Journal of a teaching: what was computed is kept in a folder, so that broken-off work goes on."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.atomic_write import write_atomically

Arrays = Mapping[str, NDArray[Any]]
_BROKEN = (OSError, ValueError, KeyError, EOFError)


@dataclass(frozen=True)
class Journal:
    """Arrays by what they depend on.

    Attributes
    ----------
    folder : Path or None
        Made when the first file is written; None keeps nothing.
    """

    folder: Path | None = None

    def found(self, kind: str, key: str, compute: Callable[[], Arrays]) -> Arrays:
        """Return what is kept, or compute it and keep it; a damaged file is computed again.

        Parameters
        ----------
        kind : str
            First part of the file's name.
        key : str
            Of all that the result depends on.
        """
        if self.folder is None:
            return compute()
        path = self.folder / f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"
        kept = _load(path)
        if kept is not None:
            return kept
        made = compute()
        held = io.BytesIO()
        np.savez(held, allow_pickle=False, **made)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, held.getvalue())
        return made


def _load(path: Path) -> Arrays | None:
    """Return what a file holds; None if there is none, or a damaged one."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except _BROKEN:
        return None
