"""The bundled sample is what its header and truth say, and what the code makes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from focus_viewer.simulate.leaf_files import write_envi
from focus_viewer.simulate.sample import LABELS, Sample, main, make_sample, sample_sensor

RESOURCES = Path(__file__).parents[2] / "resources"
SHAPE = (112, 160, 210)


def _header(path: Path) -> dict[str, str]:
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    assert first == "ENVI"
    return dict(line.split(" = ", 1) for line in lines)


def _numbers(text: str) -> list[float]:
    return [float(value) for value in text.strip("{}").split(",")]


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    rows, cols, bands = SHAPE
    stored = np.fromfile(RESOURCES / "leaf.img", dtype="<i2").reshape(bands, rows, cols)
    return np.moveaxis(stored, 0, 2)


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return np.fromfile(RESOURCES / "leaf_truth.img", dtype=np.uint8).reshape(SHAPE[:2])


@pytest.fixture(scope="module")
def made() -> Sample:
    pytest.importorskip("prosail", reason="PROSPECT comes with the extra `simulate`")
    return make_sample()


def test_envi_bytes_by_hand(tmp_path: Path) -> None:
    pixels = np.array([[[1, -2], [3, 256]]], dtype=np.int16)
    write_envi(tmp_path / "two.hdr", pixels, {"wavelength": "{400, 500}"})
    assert (tmp_path / "two.img").read_bytes() == b"\x01\x00\x03\x00\xfe\xff\x00\x01"
    expected = {
        "samples": "2",
        "lines": "1",
        "bands": "2",
        "header offset": "0",
        "data type": "2",
        "interleave": "bsq",
        "byte order": "0",
        "wavelength": "{400, 500}",
    }
    assert _header(tmp_path / "two.hdr") == expected


def test_header_describes_the_file() -> None:
    header = _header(RESOURCES / "leaf.hdr")
    assert (int(header["lines"]), int(header["samples"]), int(header["bands"])) == SHAPE
    assert (RESOURCES / "leaf.img").stat().st_size == 2 * np.prod(SHAPE) < 8_000_000
    assert header["reflectance scale factor"] == "10000"
    wavelengths = np.array(_numbers(header["wavelength"]))
    np.testing.assert_allclose(wavelengths, sample_sensor().wavelengths_nm, atol=1e-3)
    assert len(_numbers(header["fwhm"])) == SHAPE[2]
    shown = wavelengths[np.array(_numbers(header["default bands"]), dtype=int) - 1]
    np.testing.assert_allclose(shown, [640, 550, 460], atol=6)


def test_bad_bands_are_those_of_water_vapour() -> None:
    header = _header(RESOURCES / "leaf.hdr")
    wavelengths = np.array(_numbers(header["wavelength"]))
    bad = wavelengths[np.array(_numbers(header["bbl"])) == 0]
    assert np.all(((bad >= 1350) & (bad <= 1430)) | ((bad >= 1800) & (bad <= 1950)))
    assert bad.size == 8 + 15


def test_label_image_names_its_classes(labels: np.ndarray) -> None:
    header = _header(RESOURCES / "leaf_truth.hdr")
    assert header["file type"] == "ENVI Classification"
    assert header["class names"] == "{" + ", ".join(LABELS) + "}"
    assert len(_numbers(header["class lookup"])) == 3 * len(LABELS)
    assert set(np.unique(labels)) == set(range(len(LABELS)))


def test_truth_agrees_with_the_label_image(labels: np.ndarray) -> None:
    truth = json.loads((RESOURCES / "leaf_truth.json").read_text(encoding="utf-8"))
    assert truth["labels"] == list(LABELS)
    assert list(truth["pixels"].values()) == np.bincount(labels.ravel()).tolist()
    assert (
        truth["lesion_classes"] == list(truth["importance"]) == ["bacterial spot", "water stress"]
    )
    assert len(truth["wavelengths_nm"]) == len(truth["importance"]["water stress"]) == SHAPE[2]


def test_dry_tip_hides_from_the_eye_and_shows_in_the_swir(
    counts: np.ndarray, labels: np.ndarray
) -> None:
    wavelengths = sample_sensor().wavelengths_nm

    def contrast(kind: str, wavelength_nm: float) -> float:
        plane = counts[:, :, int(np.abs(wavelengths - wavelength_nm).argmin())] / 10_000
        target = plane[labels == LABELS.index(kind)].mean()
        healthy = plane[labels == LABELS.index("healthy")].mean()
        return float(target / healthy - 1)

    assert max(abs(contrast("water stress", nm)) for nm in (460, 550, 640)) < 0.2
    assert contrast("water stress", 1450) > 0.5
    assert contrast("bacterial spot", 640) > 0.2
    assert contrast("bacterial spot", 780) < -0.2


def test_stored_sample_is_what_the_code_makes(
    made: Sample, counts: np.ndarray, labels: np.ndarray
) -> None:
    # Sums of floats may differ in the last bit between platforms, and so a rounded count by one.
    assert np.abs(made.counts.astype(int) - counts).max() <= 1
    assert (made.labels != labels).mean() < 1e-3


def test_command_writes_the_same_files(made: Sample, tmp_path: Path) -> None:
    main([str(tmp_path / "out")])
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {
        "leaf.hdr",
        "leaf.img",
        "leaf_truth.hdr",
        "leaf_truth.img",
        "leaf_truth.json",
    }
    first = np.fromfile(tmp_path / "out" / "leaf.img", dtype="<i2")
    np.testing.assert_array_equal(first, np.moveaxis(made.counts, 2, 0).ravel())
