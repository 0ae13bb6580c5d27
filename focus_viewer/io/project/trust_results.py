"""Results of tests beside a project: what testing an explanation found, in a file of its own.

Its name is that of the explanation's file and the hash of its own content, so that a test never
stands beside another explanation, and a damaged one is not taken.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.modes import MODES
from focus_viewer.core.saliency.trust import (
    RIVAL_UNITS,
    UNITS,
    MethodTrial,
    RandomWeights,
    Removal,
    RemovalCurve,
    TrustReport,
)
from focus_viewer.core.saliency.volume import SaliencyVolume
from focus_viewer.io.annotations.refusal import Unreadable

TRUST_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{64}-[0-9a-f]{64}\.npz")
_FORMAT, _VERSION = "focus-viewer trust report", 1
_NUMBERS = ("whole", "nothing", "shown", "seconds")
_MOST_BYTES = 1_000_000_000
_BROKEN = (
    OSError, ValueError, KeyError, IndexError, EOFError, RuntimeError, MemoryError, TypeError,
    AttributeError, BadZipFile, struct.error, zlib.error,
)  # fmt: skip


def write_trust(folder: Path, result_name: str, report: TrustReport) -> str:
    """Write the test of an explanation whose result has this name, unless its file exists.

    Returns
    -------
    str
        Name of the file.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    buffer = io.BytesIO()
    volumes = (report.focus, *(rival.volume for rival in report.rivals))
    about = json.dumps(_about(report), allow_nan=False).encode()
    arrays = {"about": np.frombuffer(about, dtype=np.uint8)}
    with ZipFile(buffer, "w") as archive:
        for name, array in (arrays | {_name(n): v.planes for n, v in enumerate(volumes)}).items():
            with archive.open(name + ".npy", "w") as member:
                npy.write_array(member, np.asarray(array), allow_pickle=False)
    content = buffer.getvalue()
    name = f"{Path(result_name).stem}-{sha256(content).hexdigest()}.npz"
    if not (folder / name).is_file():
        write_atomically(folder / name, content)
    return name


def read_trust(folder: Path, result_name: str, explanation: Explanation) -> TrustReport | None:
    """Read the test of an explanation whose result has this name; None if it was not tested.

    Raises
    ------
    Unreadable
        If its file is damaged.
    """
    stem = Path(result_name).stem
    found = [path for path in folder.glob(f"{stem}-*.npz") if TRUST_NAME.fullmatch(path.name)]
    if not found:
        return None
    try:
        # A save that was killed may have left the report before beside the new one.
        return _read(max(found, key=lambda path: path.stat().st_mtime_ns), explanation)
    except _BROKEN as error:
        raise Unreadable("its file is damaged") from error


def _read(path: Path, explanation: Explanation) -> TrustReport:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("larger than any report")
    content = path.read_bytes()
    if sha256(content).hexdigest() not in path.name:
        raise ValueError("not what was written")
    with ZipFile(io.BytesIO(content)) as archive:
        arrays = {name.removesuffix(".npy"): _array(archive, name) for name in archive.namelist()}
    about = json.loads(arrays["about"].tobytes())
    if (about["format"], about["version"]) != (_FORMAT, _VERSION):
        raise ValueError("of another version")
    if about["class_name"] not in explanation.classes:
        raise ValueError("of another model")
    weights = about["random_weights"]
    return TrustReport(
        class_name=about["class_name"],
        tested=(int(about["tested"][0]), int(about["tested"][1])),
        focus=_volume(arrays[_name(0)], explanation, about["class_name"], "evidence"),
        removals=tuple(map(_removal, about["removals"])),
        rivals=tuple(
            _trial(each, arrays[_name(number)], explanation, about["class_name"])
            for number, each in enumerate(about["rivals"], 1)
        ),
        random_weights=None if weights is None else RandomWeights(**weights),
        left_out=tuple(map(str, about["left_out"])),
        cropped=bool(about["cropped"]),
        finished=bool(about["finished"]),
        **{name: float(about[name]) for name in _NUMBERS},
    )


def _name(number: int) -> str:
    """Return the name of a volume's array: FOCUS is the first."""
    return f"volume {number}"


def _array(archive: ZipFile, name: str) -> NDArray[Any]:
    with archive.open(name) as member:
        return np.asarray(npy.read_array(member, allow_pickle=False))


def _about(report: TrustReport) -> dict[str, Any]:
    weights = report.random_weights
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "class_name": report.class_name,
        "tested": list(report.tested),
        "cropped": report.cropped,
        "finished": report.finished,
        "left_out": list(report.left_out),
        "random_weights": None if weights is None else asdict(weights),
        **{name: getattr(report, name) for name in _NUMBERS},
        "removals": [
            {
                "unit": removal.unit,
                "parts": removal.parts,
                "shares": removal.strongest.shares.tolist(),
                "strongest": removal.strongest.probabilities.tolist(),
                "random": removal.random.probabilities.tolist(),
                "weakest": removal.weakest.probabilities.tolist(),
            }
            for removal in report.removals
        ],
        "rivals": [
            {
                "name": rival.name,
                "mode": rival.volume.mode,
                "forward_passes": rival.forward_passes,
                "backward_passes": rival.backward_passes,
                "seconds": rival.seconds,
                "note": rival.note,
                "curves": [
                    {"shares": each.shares.tolist(), "probabilities": each.probabilities.tolist()}
                    for each in rival.removal
                ],
            }
            for rival in report.rivals
        ],
    }


def _removal(found: Mapping[str, Any]) -> Removal:
    if found["unit"] not in UNITS:
        raise ValueError(f"unit {found['unit']!r}")
    curves = {
        order: _curve(found["shares"], found[order]) for order in ("strongest", "random", "weakest")
    }
    return Removal(found["unit"], int(found["parts"]), **curves)


def _curve(shares: Any, probabilities: Any) -> RemovalCurve:
    found = np.array(shares, dtype=np.float64), np.array(probabilities, dtype=np.float64)
    if found[0].ndim != 1 or found[0].shape != found[1].shape or found[0].size < 2:
        raise ValueError("no curve")
    if not all(((each >= 0) & (each <= 1)).all() for each in found):
        raise ValueError("no probabilities")
    return RemovalCurve(*found)


def _trial(
    found: Mapping[str, Any], planes: NDArray[Any], explanation: Explanation, class_name: str
) -> MethodTrial:
    name = str(found["name"])
    if found["mode"] not in MODES or len(found["curves"]) != len(RIVAL_UNITS):
        raise ValueError("not a method")
    return MethodTrial(
        name,
        _volume(planes, explanation, class_name, found["mode"], name),
        tuple(_curve(each["shares"], each["probabilities"]) for each in found["curves"]),
        int(found["forward_passes"]),
        int(found["backward_passes"]),
        float(found["seconds"]),
        str(found["note"]),
    )


def _volume(
    planes: NDArray[Any], explanation: Explanation, class_name: str, mode: Any, method: str = ""
) -> SaliencyVolume:
    if planes.ndim != 3 or not planes.size or planes.dtype != np.float32:
        raise ValueError("no volume")
    return SaliencyVolume(
        np.moveaxis(planes, 0, 2),
        explanation.edges_nm,
        explanation.image_shape,
        class_name,
        mode,
        method=method,
    )
