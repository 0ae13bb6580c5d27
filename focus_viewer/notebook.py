"""HTML of results, as notebooks show them."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from focus_viewer.core.cubes.thumbnail import thumbnail
from focus_viewer.core.saliency.volume import resample, window_plane
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import ByteArray
from focus_viewer.figures.overlay import tinted
from focus_viewer.figures.style import DIVERGING

if TYPE_CHECKING:
    from focus_viewer.result import Result

_SIDE_PX = 320


def result_html(result: Result) -> str:
    """Return picture, heatmap at the strongest wavelength, classes and notes of a result."""
    nm = result.strongest_nm(result.predicted)
    picture = thumbnail(result.cube, _SIDE_PX)
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{probability:.3f}</td></tr>"
        for name, probability in sorted(result.probabilities.items(), key=lambda item: -item[1])
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in result.notes)
    return (
        f"<div>{_image(picture)} {_image(_heated(result, picture, nm))}"
        f"<p>{escape(result.cube.name)}: evidence for <b>{escape(result.predicted)}</b> at "
        f"{nm:.0f} nm (red for the class, blue against it)</p>"
        f"<table><tr><th>class</th><th>probability</th></tr>{rows}</table><ul>{notes}</ul></div>"
    )


def _heated(result: Result, picture: ByteArray, nm: float) -> ByteArray:
    volume = result.volume(result.predicted)
    plane = window_plane(volume, BandWindow(nm, 0.0))
    heat = resample(plane, (picture.shape[0], picture.shape[1]))
    return tinted(picture, heat, volume.limits, DIVERGING)


def _image(pixels: ByteArray) -> str:
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, format="PNG")
    return f'<img src="data:image/png;base64,{b64encode(file.getvalue()).decode()}">'
