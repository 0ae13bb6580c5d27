"""Records: what is kept of one cube, its rows of the table and their curves."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from focus_viewer.core.typing import DoubleArray, FloatArray

Value = str | float | int | None
Row = dict[str, Value]
"""Values by column; a column that is absent is not known."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves of a row.

    Attributes
    ----------
    edges_nm : DoubleArray, shape (groups, 2)
    evidence, unattributed : FloatArray, shape (classes, groups)
        In logits, each class less the mean of the others.
    spectrum : FloatArray, shape (bands,)
        Mean over the pixels that the model met, in the cube's units; NaN in bad bands.
    spectrum_nm : DoubleArray, shape (bands,)
        NaN where the cube states no wavelength.
    """

    edges_nm: DoubleArray
    evidence: FloatArray
    unattributed: FloatArray
    spectrum: FloatArray
    spectrum_nm: DoubleArray


@dataclass(frozen=True, eq=False)
class Record:
    """Result of one cube: rows of the table, or the reason why there are none.

    Attributes
    ----------
    key : str
        Of its item.
    identity : str
        Digest of all that it depends on; empty where the cube could not be opened.
    stamps : mapping of str to str
        Of the files that were read.
    rows : tuple of Row
        The cube's first, then its regions' and objects'; one row with an error where it failed.
    curves : tuple of Curves or None
        One for each row; None where it has none.
    """

    key: str
    identity: str
    stamps: Mapping[str, str]
    rows: tuple[Row, ...]
    curves: tuple[Curves | None, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the cube could not be explained."""
        return self.rows[0]["status"] == "failed"

    def to_bytes(self) -> bytes:
        """Return the content of its file, a NumPy archive."""
        about = {
            "key": self.key,
            "identity": self.identity,
            "stamps": dict(self.stamps),
            "rows": self.rows,
            "classes": self.classes,
            "with_curves": [curves is not None for curves in self.curves],
        }
        text = json.dumps(about, allow_nan=False).encode()
        arrays = {
            f"{name}_{place}": values
            for place, curves in enumerate(self.curves)
            if curves is not None
            for name, values in asdict(curves).items()
        }
        file = io.BytesIO()
        np.savez(file, about=np.frombuffer(text, dtype=np.uint8), **arrays)
        return file.getvalue()


class BrokenRecord(Exception):
    """A file that is not a record."""


def record_from(content: bytes) -> Record:
    """Return the record in a file's content.

    Raises
    ------
    BrokenRecord
        If it is none.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            curves = tuple(
                _curves(stored, place) if present else None
                for place, present in enumerate(about["with_curves"])
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise BrokenRecord(str(error)) from error
    return Record(
        about["key"],
        about["identity"],
        about["stamps"],
        tuple(about["rows"]),
        curves,
        tuple(about["classes"]),
    )


def _curves(stored: Mapping[str, Any], place: int) -> Curves:
    names = ("edges_nm", "evidence", "unattributed", "spectrum", "spectrum_nm")
    return Curves(*(stored[f"{name}_{place}"] for name in names))
