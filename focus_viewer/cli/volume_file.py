"""A saliency volume as an ENVI cube at the resolution of the image."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from focus_viewer.core.progress import Step
from focus_viewer.core.saliency import SaliencyVolume, resample

DATA_SUFFIX = ".img"
_BRACES = str.maketrans("{}", "()")


def write_volume(header: Path, volume: SaliencyVolume, description: str, step: Step) -> None:
    """Write a volume plane by plane: float32, band-sequential, little-endian.

    Only one plane at a time is held at the image's resolution.

    Parameters
    ----------
    header : Path
        NAME.hdr; the values go to NAME.img beside it.
    volume : SaliencyVolume
        Its groups become bands: centres as wavelengths, widths as fwhm.
    description : str
    step : Step

    Raises
    ------
    OSError
        If the files cannot be written.
    Cancelled
        From `step`.
    """
    total = len(volume.planes)
    with header.with_suffix(DATA_SUFFIX).open("wb") as data:
        for done, plane in enumerate(volume.planes):
            step(done / total, "writing the volume")
            data.write(resample(plane, volume.image_shape).astype("<f4").tobytes())
    text = _header_text(volume, description)
    header.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def _header_text(volume: SaliencyVolume, description: str) -> str:
    rows, cols = volume.image_shape
    low, high = volume.edges_nm.T
    fields = {
        "description": "{" + " ".join(description.translate(_BRACES).split()) + "}",
        "samples": cols,
        "lines": rows,
        "bands": len(volume.planes),
        "header offset": 0,
        "file type": "ENVI Standard",
        "data type": 4,
        "interleave": "bsq",
        "byte order": 0,
        "wavelength units": "Nanometers",
        "wavelength": _list(volume.centers_nm.tolist()),
        "fwhm": _list((high - low).tolist()),
        "band names": _list(f"{a:g}-{b:g} nm" for a, b in volume.edges_nm),
    }
    return "\n".join(["ENVI", *(f"{name} = {value}" for name, value in fields.items()), ""])


def _list(values: Iterable[object]) -> str:
    return "{" + ", ".join(str(value) for value in values) + "}"
