"""HTML of an explanation, as notebooks show it."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.pictures.thumbnail import thumbnail
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.logit_sum import contrast_sum
from focus_viewer.core.saliency.volume import (
    SaliencyVolume,
    importance_curve,
    on_pixels,
    window_plane,
)
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.spectra.wavelength_names import nm_number
from focus_viewer.core.typing import ByteArray
from focus_viewer.core.wording import percent
from focus_viewer.figures.publication.colours import tinted
from focus_viewer.figures.style import DIVERGING

_SIDE_PX = 320


def explanation_html(cube: Cube, explanation: Explanation, notes: tuple[str, ...]) -> str:
    """Return picture, heatmap at the strongest wavelength, classes and notes."""
    predicted = explanation.predicted
    volume = explanation.volume(predicted, "evidence")
    nm = float(volume.centers_nm[importance_curve(volume).argmax()])
    picture = thumbnail(cube, _SIDE_PX)
    ranked = sorted(zip(explanation.probabilities, explanation.classes, strict=True), reverse=True)
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(percent(probability))}</td></tr>"
        for probability, name in ranked
    )
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    verdict = ""
    if explanation.applicability.verdict == "does not apply":
        verdict = f"<p><b>{escape(explanation.applicability.sentence)}</b></p>"
    return (
        f"<div>{verdict}{_image(picture)} {_image(_heated(volume, picture, nm))}"
        f"<p>{escape(cube.name)}: evidence for <b>{escape(predicted)}</b> at {nm_number(nm)} nm "
        f"(red for the class, blue against it)</p>"
        f"<p>{escape(sum_text(explanation, predicted))}</p>"
        f"<table><tr><th>class</th><th>probability</th></tr>{rows}</table><ul>{items}</ul></div>"
    )


def sum_text(explanation: Explanation, class_name: str) -> str:
    """Return the sum of a class's logit less the others' mean, and its doubt, in a line."""
    found = contrast_sum(explanation, class_name)
    return (
        f"Logit less the other classes' mean {found.logit:.2f} = "
        f"nothing shown {found.baseline:.2f} + evidence {found.evidence:.2f} "
        f"+ not attributed {found.unattributed:.2f}; "
        f"{percent(explanation.doubt(class_name))} of the evidence could not be attributed."
    )


def _heated(volume: SaliencyVolume, picture: ByteArray, nm: float) -> ByteArray:
    plane = window_plane(volume, BandWindow(nm, 0.0))
    heat = on_pixels(volume, plane, (picture.shape[0], picture.shape[1]))
    return tinted(picture, heat, volume.limits, DIVERGING)


def _image(pixels: ByteArray) -> str:
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, format="PNG")
    return f'<img src="data:image/png;base64,{b64encode(file.getvalue()).decode()}">'
