"""Folder as a batch writes it: a table and curves, without the library of a batch."""

import csv
from pathlib import Path

import h5py
import numpy as np

EDGES = np.array([[450.0, 500], [500, 550], [550, 600], [600, 650], [650, 700]])
BANDS = np.linspace(450.0, 700.0, 12)
CLASSES = ("healthy", "drought")


def write_batch(folder: Path, plants: int = 6, images: int = 2, shift: float = 2.0) -> Path:
    """Write a batch of two treatments whose drought evidence differs around 600 nm."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, rows, curves, spectra = np.random.default_rng(5), [], [], []
    for treatment in ("control", "drought"):
        for plant in range(plants):
            own = rng.normal(0, 0.5)
            for image in range(images):
                drought = treatment == "drought"
                rows.append(_row(len(rows) + 1, treatment, f"{treatment[0]}{plant}", image, own))
                bump = shift * drought * np.array([0, 0, 0.6, 1, 0.1])
                curve = own + rng.normal(0, 0.2, 5) + bump
                curves.append(np.stack([-curve, curve]))
                spectra.append(0.1 + 0.3 * (BANDS > 680) + 0.02 * own + 0.05 * drought)
    failed = dict.fromkeys(rows[0], "NA") | {
        "row": len(rows) + 1,
        "path": str(folder / "cubes" / "damaged.hdr"),
        "label": "damaged",
        "kind": "cube",
        "status": "failed",
        "error": "the file ends early",
    }
    rows.append(failed)
    curves.append(np.full((2, 5), np.nan))
    spectra.append(np.full(12, np.nan))
    _write_table(folder / "cubes.csv", rows)
    _write_curves(folder / "curves.nc", np.array(curves), np.array(spectra))
    return folder


def _row(number: int, treatment: str, plant: str, image: int, own: float) -> dict[str, object]:
    drought = treatment == "drought"
    return {
        "row": number,
        "path": f"cubes/{plant}-{image}.hdr",
        "label": f"{plant}-{image}",
        "kind": "cube",
        "region": "NA",
        "region_class": "NA",
        "group_plant": plant,
        "group_treatment": treatment,
        "status": "ok",
        "verdict": "applies",
        "decided": "drought" if drought else "healthy",
        "explained": "drought" if drought else "healthy",
        "p_drought": 0.9 if drought else 0.2,
        "share_red_edge": 0.25,
        "affected_share": round(0.2 + 0.3 * drought + 0.05 * own, 5),
        "index_NDVI": round(0.8 - 0.2 * drought + 0.02 * own, 5),
        "peak_1_nm": 600.0,
        "units": "reflectance",
        "model": "focus-leaf 3",
        "seconds": 0.5,
        "notes": "NA",
        "error": "NA",
    }


def _write_table(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_curves(path: Path, curves: np.ndarray, spectra: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        file["cube"] = np.arange(1, len(curves) + 1)
        file.create_dataset("class", data=list(CLASSES), dtype=h5py.string_dtype())
        file["low_nm"], file["high_nm"] = EDGES.T
        file["evidence"] = curves.astype(np.float32)
        file["spectrum"] = spectra.astype(np.float32)
        file["spectrum_nm"] = np.where(np.isfinite(spectra), BANDS, np.nan)
