"""Label masks: PNG files as large as the image, whose pixels are numbers of regions.

0 stands for no region. Up to 255 regions make an 8-bit image with their colours as its palette,
more a 16-bit grey one. Where regions overlap, the pixel belongs to the later region, as it is drawn
on top; what is left of a region reads back as painted pixels, and a covered region is lost. Names
and colours are stored in a text chunk "focus_viewer" of the PNG.
"""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from focus_viewer.core.errors import FocusError
from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.typing import ImageShape
from focus_viewer.io.annotations import checked_values
from focus_viewer.io.annotations.labels.legend import (
    Legend,
    annotations_from_labels,
    palette_colours,
)
from focus_viewer.io.annotations.labels.png import read_png
from focus_viewer.io.annotations.regions import about
from focus_viewer.io.annotations.storage import from_json

_CHUNK = "focus_viewer"
_MAX_LABELS = 65535


def labels_of(
    annotations: Annotations, image_shape: ImageShape
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return numbers of regions, counted from 1, shape (rows, cols); 0 stands for no region.

    Raises
    ------
    FocusError
        If there are more than 65535 regions.
    """
    if len(annotations) > _MAX_LABELS:
        raise FocusError(
            f"A label mask stores at most {_MAX_LABELS} regions, and there are "
            f"{len(annotations)}. Write them as GeoJSON."
        )
    labels = np.zeros(image_shape, dtype=np.uint8 if len(annotations) < 256 else np.uint16)
    for label, region in enumerate(annotations, start=1):
        crop = region.outline.crop(image_shape)
        if crop is not None:
            labels[crop.rows, crop.cols][crop.inside] = label
    return labels


def label_mask_bytes(annotations: Annotations, image_shape: ImageShape) -> bytes:
    """Return annotations as the content of a PNG.

    Raises
    ------
    FocusError
        If there are more than 65535 regions.
    """
    labels = labels_of(annotations, image_shape)
    image = Image.fromarray(labels)
    if labels.dtype == np.uint8:
        image.putpalette(
            [
                0,
                0,
                0,
                *(part for region in annotations for part in checked_values.rgb(region.colour)),
            ]
        )
    text = PngInfo()
    text.add_text(_CHUNK, json.dumps({"regions": [about(region) for region in annotations]}))
    file = BytesIO()
    image.save(file, format="PNG", pnginfo=text)
    return file.getvalue()


def annotations_from_label_mask(content: bytes, image_shape: ImageShape) -> Annotations:
    """Read annotations from a PNG, one for each value except 0.

    Raises
    ------
    Unreadable
        If it is not a label mask, or one of another image.
    """
    png = read_png(content, image_shape)
    regions = _named_regions(png.texts.get(_CHUNK))
    return annotations_from_labels(
        png.numbers, Legend(colours=palette_colours(png.palette), regions=regions)
    )


def _named_regions(text: object) -> list[object]:
    """Return the regions of the text chunk; none if another program wrote the mask."""
    if not isinstance(text, str):
        return []
    return checked_values.items(
        checked_values.entries(from_json(text), "the text chunk").get("regions"), "regions"
    )
