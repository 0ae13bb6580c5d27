"""Signals of HyperSpy that rosettasciio writes, and Delmic's files that it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from numpy.testing import assert_allclose, assert_array_equal
from rsciio.delmic import file_reader as read_delmic
from rsciio.hspy import file_reader as read_hspy
from rsciio.hspy import file_writer as write_hspy

from focus_viewer.io import read_cube

ALL = slice(None)
VALUES = np.random.default_rng(8).random((4, 5, 6)).astype("f4")


def _axis(name: str, size: int, navigate: bool, **more: Any) -> dict[str, Any]:
    even = {"_type": "UniformDataAxis", "scale": 0.5, "offset": 0.0, "units": "mm"}
    return {"name": name, "size": size, "navigate": navigate, **even, **more}


def _write(path: Path, axes: list[dict[str, Any]], values: np.ndarray) -> None:
    for place, axis in enumerate(axes):
        axis["index_in_array"] = place
    about = {"package": "hyperspy", "package_version": "2.0"}
    signal = {
        "data": values,
        "axes": axes,
        "metadata": {"General": {"title": "leaf"}, "Signal": {}, "_HyperSpy": {}},
        "original_metadata": {},
        "attributes": {"_lazy": False, "ragged": False},
        "learning_results": {},
        "tmp_parameters": {},
        "models": None,
        "package_info": about,
    }
    write_hspy(path, signal)


SPECTRAL = {
    "even": {"offset": 400.0, "scale": 20.0, "units": "nm"},
    "micrometres": {"offset": 0.4, "scale": 0.02, "units": "µm"},
    "listed": {"_type": "DataAxis", "axis": np.arange(400.0, 520, 20), "units": "nm"},
}


@pytest.mark.parametrize("kind", SPECTRAL)
def test_axes_of_a_signal(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.hspy"
    band = _axis("Wavelength", 6, False, **SPECTRAL[kind])
    if kind == "listed":
        del band["scale"], band["offset"]
    _write(path, [_axis("y", 4, True), _axis("x", 5, True), band], VALUES)
    (signal,) = read_hspy(path)
    cube = read_cube(path)
    assert_array_equal(cube.block(ALL, ALL), signal["data"])
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, np.arange(400, 520, 20))


def test_a_signal_in_zarr(tmp_path: Path) -> None:
    """The layout of .zspy: rosettasciio 0.15 cannot write it with zarr 3, which is here."""
    group = zarr.open_group(tmp_path / "a.zspy", mode="w", zarr_format=2)
    group.create_array("Experiments/leaf/data", data=VALUES)
    axes = [_axis("y", 4, True), _axis("x", 5, True), _axis("Wavelength", 6, False)]
    axes[2] |= SPECTRAL["even"]
    for place, axis in enumerate(axes):
        group.create_group(f"Experiments/leaf/axis-{place}").attrs.update(axis)
    cube = read_cube(tmp_path / "a.zspy")
    assert_array_equal(cube.block(ALL, ALL), VALUES)
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, np.arange(400, 520, 20))


def test_a_stack_of_images_has_its_bands_first(tmp_path: Path) -> None:
    axes = [
        _axis("wavelength", 4, True, offset=500.0, scale=10.0, units="nm"),
        _axis("y", 5, False),
        _axis("x", 6, False),
    ]
    _write(tmp_path / "i.hspy", axes, VALUES)
    cube = read_cube(tmp_path / "i.hspy")
    assert_array_equal(cube.block(ALL, ALL), VALUES.transpose(1, 2, 0))
    assert cube.wavelengths_nm is not None
    assert_allclose(cube.wavelengths_nm, [500, 510, 520, 530])


def test_other_signals_have_no_wavelengths(tmp_path: Path) -> None:
    shift = _axis("Raman shift", 6, False, units="1/cm", offset=100.0)
    _write(tmp_path / "r.hspy", [_axis("y", 4, True), _axis("x", 5, True), shift], VALUES)
    cube = read_cube(tmp_path / "r.hspy")
    assert cube.wavelengths_nm is None
    assert cube.shape == (4, 5, 6)


def test_sparc(tmp_path: Path) -> None:
    """The layout is the one that rosettasciio's own reader takes; it is asked for the values."""
    path = tmp_path / "sparc.h5"
    with h5py.File(path, "w") as file:
        _sparc(file.create_group("Acquisition0"), VALUES[:1], None, "Secondary electrons survey")
        _sparc(file.create_group("Acquisition1"), VALUES, np.linspace(4e-7, 9e-7, 4), "Spectrum")
    (signal,) = read_delmic(path)
    cube = read_cube(path)
    assert signal["data"].shape == (5, 6, 4)  # it turns the axes
    assert cube.array_name == "Acquisition1/ImageData/Image"
    assert_array_equal(cube.block(ALL, ALL), signal["data"])
    assert cube.wavelengths_nm is not None
    band = next(axis for axis in signal["axes"] if axis["name"] == "Wavelength")
    assert band["units"] == "nm"
    assert_allclose(cube.wavelengths_nm, band["axis"])


def _sparc(group: h5py.Group, values: np.ndarray, centers_m: Any, title: str) -> None:
    image = group.create_dataset("ImageData/Image", data=values[:, np.newaxis, np.newaxis])
    for axis, label in enumerate("CTZYX"):
        image.dims[axis].label = label
    data = group["ImageData"]
    for name in ("X", "Y"):
        data[f"DimensionScale{name}"], data[f"{name}Offset"] = 1e-6, 0.0
    data["TOffset"] = 1.6e9
    if centers_m is not None:
        data["DimensionScaleC"] = centers_m
    for name in ("Title", "ChannelDescription"):
        group[f"PhysicalData/{name}"] = np.bytes_(title)
        group[f"PhysicalData/{name}"].attrs["State"] = np.array([113])
    group["SVIData/Company"], group["SVIData/WriterVersion"] = b"Delmic", b"1"
