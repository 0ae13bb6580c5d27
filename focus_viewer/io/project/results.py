"""Results beside a project: an explanation in a file of numpy arrays, without loss.

A file is named by what it is the result of (cube, model, method) and by its own content, so that
none is ever written over another, and one that was damaged or put there is not taken.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.documents.project import METHOD_VERSION
from focus_viewer.core.progress import Step, silent
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.typing import ByteArray, DoubleArray, FloatArray
from focus_viewer.io.annotations.refusal import Unreadable
from focus_viewer.io.identity.content_hash import digest_of

RESULT_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{64}\.npz")
_FORMAT, _VERSION = "focus-viewer result", 2
_BY_CLASS = ("logits", "baseline", "sink")
_VOLUMES = ("attention", "evidence", "saliency")
_CURVES = ("anchors",)
# The group is the last axis of these; in the file it stands ahead of the image's rows.
_BY_PLACE = (*_VOLUMES, "absorbed", "contrasts")
_AS_IS = (*_BY_CLASS, *_CURVES, "edges_nm", "met")
_BROKEN = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, MemoryError, BadZipFile, struct.error,
    zlib.error,
)  # fmt: skip
# Of the sum of all magnitudes: float32 sums in another order differ by less.
_TOLERANCE = 1e-4
_MASS_TOLERANCE = 1e-3


def result_key(fingerprint: str, model_sha256: str) -> str:
    """Return the prefix of the results of a cube by a model, 16 letters; the hash is of weights."""
    content = json.dumps([fingerprint, model_sha256, METHOD_VERSION])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def write_result(
    folder: Path, explanation: Explanation, fingerprint: str, step: Step = silent
) -> str:
    """Write the result of the cube with this fingerprint unless its file exists.

    Returns
    -------
    str
        Name of the file.

    Raises
    ------
    Unreadable
        If the explanation is not sound, so that it would not be read again.
    OSError
        If the disk refuses.
    """
    check_explanation(explanation)
    about = _about(explanation, fingerprint)
    digest = _write(explanation, about, None, step)
    path = folder / f"{result_key(fingerprint, explanation.card.sha256)}-{digest}.npz"
    if not (path.is_file() and digest_of(path, step) == digest):
        write_atomically(path, lambda file: _write(explanation, about, file, step))
    return path.name


def read_result(path: Path, fingerprint: str, step: Step = silent) -> Explanation:
    """Read the result of the cube with this fingerprint.

    Raises
    ------
    Unreadable
        If it is not there, not what was written, or not of this cube.
    """
    if not path.is_file():
        raise Unreadable("its file is missing")
    try:
        if f"-{digest_of(path, step)}.npz" not in path.name:
            raise Unreadable("its file is damaged")
        explanation = _explanation(_arrays(path, step), fingerprint)
    except _BROKEN as error:
        raise Unreadable("its file is damaged") from error
    check_explanation(explanation)
    explanation.settle()
    return explanation


def method_of(path: Path) -> int | None:
    """Return the version of the method that a result is of; None where the file does not say."""
    try:
        with ZipFile(path) as archive, archive.open("about.npy") as member:
            about = npy.read_array(member, allow_pickle=False)
        method = json.loads(about.tobytes())["method"]
    except (*_BROKEN, TypeError):
        return None
    return method if isinstance(method, int) else None


def _explanation(arrays: dict[str, NDArray[Any]], fingerprint: str) -> Explanation:
    from focus_viewer.io.project.schema import ResultEntry, parsed

    entry = parsed(ResultEntry, arrays["about"].tobytes().decode())
    if (entry.fingerprint, entry.method) != (fingerprint, METHOD_VERSION):
        raise Unreadable("its file is that of another cube or method")
    return Explanation(
        card=entry.card,
        image_shape=entry.image_shape,
        cost=entry.cost,
        suitability=entry.suitability,
        within=entry.within,
        notes=entry.notes,
        **{name: arrays[name] for name in _AS_IS},
        **{name: np.moveaxis(arrays[name], -3, -1) for name in _BY_PLACE},
    )


def _about(explanation: Explanation, fingerprint: str) -> ByteArray:
    content = {
        "format": _FORMAT,
        "version": _VERSION,
        "fingerprint": fingerprint,
        "method": METHOD_VERSION,
        "card": asdict(explanation.card),
        "image_shape": [int(side) for side in explanation.image_shape],
        "cost": asdict(explanation.cost),
        "suitability": asdict(explanation.suitability),
        "within": explanation.within,
        "notes": explanation.notes,
    }
    try:
        text = json.dumps(content, ensure_ascii=True, allow_nan=False)
    except ValueError as error:
        raise Unreadable("a figure of the model's card is not finite") from error
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _write(explanation: Explanation, about: ByteArray, file: BinaryIO | None, step: Step) -> str:
    """Write to a file, or to none; return the SHA-256 of the content."""
    arrays: dict[str, NDArray[Any]] = {"about": about}
    arrays |= {name: getattr(explanation, name) for name in _AS_IS}
    # In memory order, group by group: what is read then need not be sorted anew.
    arrays |= {name: np.moveaxis(getattr(explanation, name), -1, -3) for name in _BY_PLACE}
    sink = _Hashing(file)
    with ZipFile(sink, "w") as archive:
        for done, (name, array) in enumerate(arrays.items()):
            step(done / len(arrays), "keeping a result")
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)
    return sink.digest.hexdigest()


def _arrays(path: Path, step: Step) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    with ZipFile(path) as archive:
        for name in ("about", *_AS_IS, *_BY_PLACE):
            step(0.5, "reading a result")
            with archive.open(f"{name}.npy") as member:
                arrays[name] = npy.read_array(member, allow_pickle=False)
    return arrays


class _Hashing(io.RawIOBase):
    """Unseekable stream that computes the digest of its content, and passes it on to a file."""

    def __init__(self, file: BinaryIO | None) -> None:
        super().__init__()
        self.digest = hashlib.sha256()
        self._file = file

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, content: Any) -> int:
        """Write bytes."""
        self.digest.update(content)
        if self._file is not None:
            self._file.write(content)
        return memoryview(content).nbytes


def check_explanation(explanation: Explanation) -> None:
    """Check shapes, types and numbers, and that what belongs together adds up.

    Raises
    ------
    Unreadable
        If anything is not as `Explanation` says.
    """
    _check_arrays(explanation)
    _check_scales(explanation)
    _check_attention(explanation)
    _check_saliency(explanation)
    if not ((explanation.absorbed >= 0) & (explanation.absorbed < 1)).all():
        raise Unreadable("absorbed holds no shares")
    parts, left = _sums(explanation.evidence), explanation.unattributed
    slack = _TOLERANCE * (
        1e-3
        + np.abs(explanation.baseline)
        + _sums(np.abs(explanation.evidence))
        + np.abs(explanation.unattributed_curve).sum(axis=1)
    )
    if (np.abs(explanation.baseline + parts + left - explanation.logits) > slack).any():
        raise Unreadable("baseline, evidence and what is not attributed are not the logits")


def _check_scales(explanation: Explanation) -> None:
    """Check wavelengths, and the numbers that probabilities and the verdict rest on."""
    borders = explanation.edges_nm.ravel()
    if not (borders[0] > 0 and (np.diff(borders)[::2] > 0).all() and (np.diff(borders) >= 0).all()):
        raise Unreadable("edges_nm do not ascend")
    if not 0 <= explanation.suitability.tissue_share <= 1:
        raise Unreadable("tissue_share is not a share")
    if not all(0 < value < np.inf for value in explanation.card.temperatures.values()):
        raise Unreadable("a temperature of the model's card is not above 0")


def _check_attention(explanation: Explanation) -> None:
    attention, sink = explanation.attention, explanation.sink
    if (attention < 0).any() or (sink < 0).any():
        raise Unreadable("attention or sink is negative")
    if (np.abs(_sums(attention) + sink - 1) > _MASS_TOLERANCE).any():
        raise Unreadable("attention and sink do not sum to 1")


def _check_saliency(explanation: Explanation) -> None:
    """Check, class by class to save memory, that saliency is the evidence less the others' mean."""
    evidence = explanation.evidence
    total, others = evidence.sum(axis=0), max(len(evidence) - 1, 1)
    slack = _TOLERANCE * (1e-3 + float(np.abs(evidence).max()))
    for own, shown in zip(evidence, explanation.saliency, strict=True):
        if (np.abs(own - (total - own) / others - shown) > slack).any():
            raise Unreadable("saliency is not the evidence less the other classes' mean")


def _sums(values: FloatArray) -> DoubleArray:
    """Sum the values of each class."""
    return np.asarray(values.sum(axis=tuple(range(1, values.ndim)), dtype=np.float64))


def _check_arrays(explanation: Explanation) -> None:
    classes, groups = (len(explanation.card.classes),), explanation.edges_nm.shape[:1]
    if explanation.evidence.ndim != 4 or not explanation.evidence.size:
        raise Unreadable(f"evidence has shape {explanation.evidence.shape}")
    grid = explanation.evidence.shape[1:3]
    shapes = {
        **dict.fromkeys(_BY_CLASS, classes),
        **dict.fromkeys(_CURVES, (*classes, *groups)),
        **dict.fromkeys(_VOLUMES, (*classes, *grid, *groups)),
        "absorbed": (*grid, *groups),
    }
    for name, shape in shapes.items():
        _check(explanation, name, shape, np.float32)
    _check(explanation, "edges_nm", (*groups, 2), np.float64)
    met = explanation.met
    if met.dtype != np.bool_ or met.ndim != 2 or not met.size:
        raise Unreadable(f"met is {met.dtype} of shape {met.shape}")
    if any(own > whole for own, whole in zip(met.shape, explanation.image_shape, strict=True)):
        raise Unreadable("met is larger than the image")
    # Where there is no data there is no contrast.
    _check(explanation, "contrasts", (*grid, *groups), np.float32, finite=False)


def _check(
    explanation: Explanation,
    name: str,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    finite: bool = True,
) -> None:
    array = getattr(explanation, name)
    if array.shape != shape or array.dtype != dtype:
        raise Unreadable(f"expected {name} of shape {shape}, found {array.dtype} {array.shape}")
    if finite and not np.isfinite(array).all():
        raise Unreadable(f"{name} holds numbers that are not finite")
