"""COCO by pycocotools: our masks and areas as it decodes them, its masks as we read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotation_cases import SHAPE, all_kinds
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from region_masks import mask_of

from focus_viewer.core.regions.annotations import Annotations
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.io.annotations import read_annotations, write_annotations

# Its compiled part asks arrays in a way that numpy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_it_decodes_what_is_written(tmp_path: Path) -> None:
    corners = Annotations().add(Rectangle((3, 2), (11, 9)), "square", "#000000", "rust")
    kinds = [region for region in all_kinds() if region.name.endswith(("3", "4", "5"))]
    regions = (*kinds, *corners)  # a polygon with a hole, a point, pixels, a box of whole pixels
    write_annotations(tmp_path / "a.json", Annotations(regions, 9), SHAPE, None, "leaf")

    coco = COCO(tmp_path / "a.json")
    (image,) = coco.loadImgs(coco.getImgIds())
    assert image["file_name"] == "leaf"
    entries = coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))
    for entry, region in zip(entries, regions, strict=True):
        expected = mask_of(region.outline, SHAPE)
        np.testing.assert_array_equal(coco.annToMask(entry), expected)
        assert entry["area"] == expected.sum() == coco_mask.area(coco.annToRLE(entry))
    assert {category["name"] for category in coco.loadCats(coco.getCatIds())} == {
        "rust",
        "unclassified",
    }


def test_its_outlines_differ_from_ours_by_pixels_on_the_edge(tmp_path: Path) -> None:
    """It draws lines on a grid of a fifth of a pixel: centres near an edge may fall outside."""
    write_annotations(tmp_path / "a.json", all_kinds(), SHAPE)
    coco = COCO(tmp_path / "a.json")
    for entry, region in zip(coco.loadAnns(coco.getAnnIds()), all_kinds(), strict=True):
        assert abs(int(coco.annToMask(entry).sum()) - entry["area"]) <= 10, region.name


@pytest.mark.parametrize("compressed", [True, False])
def test_its_masks_are_read(tmp_path: Path, compressed: bool) -> None:
    masks = np.random.default_rng(2).random((3, *SHAPE)) > 0.6
    document: dict[str, Any] = {
        "images": [
            {"id": number, "file_name": f"p/{name}.tif", "height": SHAPE[0], "width": SHAPE[1]}
            for number, name in ((7, "leaf"), (8, "stem"))
        ],
        "categories": [{"id": 4, "name": "rust"}],
        "annotations": [],
    }
    for number, mask in enumerate(masks):
        runs = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
        counts = runs["counts"].decode() if compressed else _runs(mask)
        document["annotations"].append(
            {"id": number, "image_id": 7 if number < 2 else 8, "category_id": 4, "iscrowd": 0,
             "segmentation": {"size": [*SHAPE], "counts": counts}, "area": int(mask.sum())}
        )  # fmt: skip
    (tmp_path / "set.json").write_text(json.dumps(document))

    leaf = read_annotations(tmp_path / "set.json", SHAPE, None, "leaf")
    (stem,) = read_annotations(tmp_path / "set.json", SHAPE, None, "stem")

    for region, mask in zip((*leaf, stem), masks, strict=True):
        assert region.class_name == "rust"
        np.testing.assert_array_equal(mask_of(region.outline, SHAPE), mask)


def _runs(mask: Any) -> list[int]:
    flat = np.concatenate([[0], mask.ravel(order="F"), [1 - mask.ravel(order="F")[-1]]])
    edges = np.flatnonzero(np.diff(flat))
    return [int(length) for length in np.diff([0, *edges])]
