"""Rows of the table: what is kept of a cube's explanation, and of its regions'."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.inputs.opening import OpenedCube
from focus_viewer.batch.results.columns import distinct, index_name, share_name
from focus_viewer.batch.results.evidence import (
    affected_share,
    evidence_curves,
    spectral_shares,
    unattributed_curves,
)
from focus_viewer.batch.results.records import Curves, Record, Row, Value
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.preprocessing.sensors import recognise_sensor
from focus_viewer.core.preprocessing.settings import as_read, preprocessing_words
from focus_viewer.core.regions.mask_crop import MaskCrop, crop_mask
from focus_viewer.core.regions.masked_pixels import masked_pixels
from focus_viewer.core.regions.saliency import peak_wavelengths
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.result_notes import result_notes
from focus_viewer.core.saliency.volume import importance_curve, met_pixels
from focus_viewer.core.spectra.indices import available
from focus_viewer.core.typing import DoubleArray

_DATES = ("acquisition date", "acquisition time", "date", "datetime", "timestamp")
_CAMERAS = ("sensor type", "sensor", "camera", "camera model")


@dataclass(frozen=True, eq=False)
class Subject:
    """Cube, or a part of it, with its explanation or the reason why it has none.

    Attributes
    ----------
    kind : {"cube", "region", "object"}
    pixels : int
        Of the image or the part.
    """

    kind: str
    name: str
    class_name: str
    pixels: int
    found: Explanation | str


def failed_record(item: Item, error: str) -> Record:
    """Return the record of a cube that could not be opened or explained."""
    row: Row = {"kind": "cube", "status": "failed", "error": _line(error)}
    return Record(item.key, "", {}, (row,), (None,))


def record_of(item: Item, opened: OpenedCube, subjects: Sequence[Subject]) -> Record:
    """Return the record of a cube, given what was found for it and its parts."""
    cube = opened.cube
    crops = [_met(each.found) for each in subjects]
    means = _mean_spectra(cube, crops)
    common = _common(opened)
    rows: list[Row] = []
    curves: list[Curves | None] = []
    for subject, crop, mean in zip(subjects, crops, means, strict=True):
        row = common | _subject(subject)
        if isinstance(subject.found, str):
            row |= {"status": "failed", "error": _line(subject.found)}
            curves.append(None)
        else:
            row |= _decision(cube, subject.found) | _evidence(subject.found)
            row |= _pixels(cube, crop) | _indices(cube, mean)
            curves.append(_curves(cube, subject.found, mean))
        rows.append(row)
    found = next((each.found for each in subjects if isinstance(each.found, Explanation)), None)
    classes = () if found is None else found.classes
    return Record(item.key, opened.identity, opened.stamps, tuple(rows), tuple(curves), classes)


def _common(opened: OpenedCube) -> Row:
    cube = opened.cube
    return {
        "fingerprint": opened.fingerprint,
        "image_rows": cube.rows,
        "image_cols": cube.cols,
        "bands": cube.bands,
        "units": cube.units,
        "processing": "; ".join(preprocessing_words(cube)) or None,
        "date": _date(cube),
        "camera": _camera(cube),
    }


def _subject(subject: Subject) -> Row:
    return {
        "kind": subject.kind,
        "region": subject.name or None,
        "region_class": subject.class_name or None,
        "region_pixels": subject.pixels,
    }


def _decision(cube: Cube, done: Explanation) -> Row:
    card, applicability = done.card, done.applicability
    applies = applicability.verdict != "does not apply"
    values = done.probabilities.tolist()
    named = zip(distinct("p_", done.classes).values(), values, strict=True)
    return {
        "status": "ok",
        "verdict": applicability.verdict,
        "reasons": "; ".join(_line(reason.text) for reason in applicability.against) or None,
        "decided": done.predicted if applies else None,
        "probability": values[card.class_index(done.predicted)] if applies else None,
        "explained": done.predicted,
        **dict(named),
        "model": f"{card.name} {card.version}",
        "model_sha256": card.sha256,
        "device": done.cost.device,
        "seconds": round(done.cost.seconds, 4),
        "notes": "; ".join(_line(note) for note in result_notes(cube, done)[1:]) or None,
    }


def _evidence(done: Explanation) -> Row:
    name = done.predicted
    volume = done.volume(name, "evidence")
    peaks = peak_wavelengths(volume, importance_curve(volume))
    row: Row = {f"peak_{place}_nm": peak for place, peak in enumerate(peaks, start=1)}
    row |= {share_name(region): share for region, share in spectral_shares(volume).items()}
    return row | {
        "sink": _known(done.sink[done.card.class_index(name)]),
        "unattributed": _known(done.doubt(name)),
        "tissue_share": _known(done.suitability.tissue_share),
        "affected_share": _known(affected_share(volume)),
    }


def _pixels(cube: Cube, crop: MaskCrop | None) -> Row:
    pixels, area = 0 if crop is None else crop.pixels, cube.georeference.pixel_area.m2
    return {"pixels": pixels, "area_m2": None if area is None else pixels * area}


def _indices(cube: Cube, mean: DoubleArray) -> Row:
    return {
        index_name(each.index.name): _known(float(each.of(mean[None])[0]))
        for each in available(cube)
    }


def _curves(cube: Cube, done: Explanation, mean: DoubleArray) -> Curves:
    nm = cube.wavelengths_nm
    return Curves(
        edges_nm=done.edges_nm,
        evidence=evidence_curves(done),
        unattributed=unattributed_curves(done),
        # Bad bands are left out, as in the indices.
        spectrum=np.where(cube.good_bands, mean, np.nan).astype(np.float32),
        spectrum_nm=np.full(cube.bands, np.nan) if nm is None else nm,
    )


def _met(found: Explanation | str) -> MaskCrop | None:
    """Return the pixels that the model met, in pixels of the image."""
    if isinstance(found, str):
        return None
    volume = found.volume(found.predicted, "evidence")
    met = met_pixels(volume, found.image_shape)
    return None if met is None else crop_mask(met)


def _mean_spectra(cube: Cube, crops: Sequence[MaskCrop | None]) -> list[DoubleArray]:
    """Return the mean spectrum of each part, in one reading of the cube."""
    sums = np.zeros((len(crops), cube.bands))
    counts = np.zeros((len(crops), cube.bands))
    present = [place for place, crop in enumerate(crops) if crop is not None]
    for which, spectra in masked_pixels(cube, [c for c in crops if c is not None]):
        known = np.isfinite(spectra)
        sums[present[which]] += np.where(known, spectra, 0).sum(axis=0, dtype=np.float64)
        counts[present[which]] += known.sum(axis=0)
    return list(sums / np.where(counts > 0, counts, np.nan))


def _date(cube: Cube) -> str | None:
    """Return the date of recording: ISO 8601 where the file states it so, else as it states it."""
    stated = _stated(cube, _DATES)
    if stated is None:
        return None
    iso = re.search(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?", stated)
    return iso[0] if iso else stated


def _camera(cube: Cube) -> str | None:
    stated = _stated(cube, _CAMERAS)
    if stated is not None and stated.lower() != "unknown":
        return stated
    kind = recognise_sensor(cube)
    return None if kind is None else f"{kind.maker} {kind.name}"


def _stated(cube: Cube, names: Sequence[str]) -> str | None:
    entries = {key.lower(): value for key, value in as_read(cube).header.items()}
    found = (_line(entries[name]) for name in names if entries.get(name, "").strip())
    return next(found, None)


def _known(value: float) -> Value:
    return float(value) if math.isfinite(value) else None


def _line(text: str) -> str:
    return " ".join(text.split())
