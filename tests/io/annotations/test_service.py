"""Regions as the window reads and writes them: with the cube's name, place and picture."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from pathlib import Path

import numpy as np
from annotation_cases import write_json
from export_cases import SHAPE, cube, regions
from PIL import Image

from focus_viewer.core.pictures.composite import CompositeRecipe, composite
from focus_viewer.services.files import BundledRegionFiles


def test_labelme_gets_the_picture_of_the_cube(tmp_path: Path) -> None:
    files, leaf = BundledRegionFiles(), cube()
    files.write_annotations(tmp_path / "a.labelme.json", regions(), leaf)

    values = json.loads((tmp_path / "a.labelme.json").read_text())
    with Image.open(BytesIO(base64.b64decode(values["imageData"]))) as image:
        np.testing.assert_array_equal(np.asarray(image), composite(leaf, CompositeRecipe()).image)
    assert values["imagePath"] == "leaf.png"
    assert files.read_annotations(tmp_path / "a.labelme.json", leaf) == regions()


def test_the_cubes_name_is_that_of_its_image_in_coco(tmp_path: Path) -> None:
    files, leaf = BundledRegionFiles(), cube()
    files.write_annotations(tmp_path / "a.json", regions(), leaf)
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["images"][0]["file_name"] == "leaf"

    other = {"id": 2, "file_name": "stem.png", "height": SHAPE[0], "width": SHAPE[1]}
    document["images"].insert(0, other)
    write_json(tmp_path / "set.json", document)
    assert files.read_annotations(tmp_path / "set.json", leaf) == regions()
