"""Files of arrays, written by the libraries themselves."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import zarr
from numpy.typing import NDArray
from scipy.io import netcdf_file, savemat

KINDS = (
    *("npy", "npz", "npz packed", "mat", "mat packed"),
    *("h5", "h5 chunks", "zarr2", "zarr3", "zip"),
)


def write_array(
    folder: Path,
    kind: str,
    array: NDArray[Any],
    chunks: tuple[int, ...] | None = None,
    **attributes: Any,
) -> Path:
    """Write one array, called "cube" where the format has names.

    Attributes are written where the format has any.
    """
    path = folder / f"cube.{kind.split()[0].replace('zarr2', 'zarr').replace('zarr3', 'zarr')}"
    if kind == "npy":
        np.save(path, array)
    elif kind == "npz":
        np.savez(path, cube=array)
    elif kind == "npz packed":
        np.savez_compressed(path, cube=array)
    elif kind.startswith("mat"):
        savemat(path, {"cube": array}, do_compression=kind.endswith("packed"))
    elif kind.startswith("h5"):
        with h5py.File(path, "w") as file:
            pieces = chunks if kind.endswith("chunks") else None
            made = file.create_dataset("cube", data=array, chunks=pieces)
            made.attrs.update(attributes)
    else:
        _write_zarr(path, kind, array, chunks, attributes)
    return path


def _write_zarr(
    path: Path,
    kind: str,
    array: NDArray[Any],
    chunks: tuple[int, ...] | None,
    attributes: dict[str, Any],
) -> None:
    folder = path.with_name("store")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)
    group = zarr.open_group(folder, mode="w", zarr_format=2 if kind == "zarr2" else 3)
    made = group.create_array("cube", data=array, chunks=chunks or array.shape)
    made.attrs.update(attributes)
    if kind == "zip":
        shutil.make_archive(str(path.with_suffix("")), "zip", folder)
        shutil.rmtree(folder)
    else:
        folder.rename(path)


def write_neon(path: Path, stored: NDArray[np.int16], centers_nm: NDArray[Any]) -> None:
    """Write reflectance as NEON's Airborne Observation Platform does, shape (rows, cols, bands)."""
    with h5py.File(path, "w") as file:
        root = file.create_group("SITE/Reflectance")
        root.attrs["Band_Window_1_Nanometers"] = np.array([1340, 1445])
        root.attrs["Band_Window_2_Nanometers"] = np.array([1790, 1955])
        data = root.create_dataset("Reflectance_Data", data=stored, chunks=True)
        data.attrs["Scale_Factor"] = 10000.0
        data.attrs["Data_Ignore_Value"] = -9999.0
        spectral = root.create_group("Metadata/Spectral_Data")
        spectral["Wavelength"] = centers_nm.astype("f4")
        spectral["Wavelength"].attrs["Units"] = "nanometers"
        spectral["FWHM"] = np.full(centers_nm.size, 5.5, "f4")
        place = root.create_group("Metadata/Coordinate_System")
        place["Map_Info"] = b"UTM, 1.000, 1.000, 257000, 4112000, 1, 1, 11, North, WGS-84"
        place["EPSG Code"] = b"32611"
        root.create_dataset("Metadata/Ancillary_Imagery/Path_Length", data=stored[:, :, 0])


def write_prisma(
    path: Path,
    vnir: NDArray[np.uint16],
    swir: NDArray[np.uint16],
    centers_nm: tuple[NDArray[Any], NDArray[Any]],
) -> None:
    """Write reflectance as PRISMA's level 2D does, cubes of shape (rows, bands, cols)."""
    with h5py.File(path, "w") as file:
        fields = file.create_group("HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields")
        for name, cube, centers, ends in (
            ("Vnir", vnir, centers_nm[0], (0.0, 0.8)),
            ("Swir", swir, centers_nm[1], (-0.1, 0.6)),
        ):
            fields.create_dataset(f"{name.upper()}_Cube", data=cube, chunks=True)
            file.attrs[f"List_Cw_{name}"] = centers.astype("f4")
            file.attrs[f"List_Fwhm_{name}"] = np.where(centers > 0, 10.0, 0.0).astype("f4")
            file.attrs[f"List_Cw_{name}_Flags"] = (centers > 0).astype("i4")
            file.attrs[f"L2Scale{name}Min"] = np.float32(ends[0])
            file.attrs[f"L2Scale{name}Max"] = np.float32(ends[1])


def write_emit(path: Path, values: NDArray[np.float32], centers_nm: NDArray[Any]) -> None:
    """Write reflectance as EMIT's level 2A does: netCDF-4, named dimensions, groups."""
    with h5py.File(path, "w") as file:
        scales = {}
        for name, size in zip(("downtrack", "crosstrack", "bands"), values.shape, strict=True):
            scales[name] = file.create_dataset(name, data=np.zeros(size, "f4"))
            told = f"This is a netCDF dimension but not a netCDF variable {size:9}"
            scales[name].make_scale(told)
        cube = file.create_dataset("reflectance", data=values, chunks=True)
        cube.attrs["_FillValue"] = np.array([-9999.0], "f4")
        cube.attrs["units"] = "unitless"
        cube.attrs["long_name"] = "Surface Reflectance"
        for axis, scale in enumerate(scales.values()):
            cube.dims[axis].attach_scale(scale)
        bands = file.create_group("sensor_band_parameters")
        good = (centers_nm < 1300) | (centers_nm > 1500)
        for name, vector in (
            ("wavelengths", centers_nm.astype("f4")),
            ("fwhm", np.full(centers_nm.size, 8.5, "f4")),
            ("good_wavelengths", good.astype("u1")),
        ):
            bands[name] = vector
            bands[name].attrs["units"] = "" if name.startswith("good") else "nm"
            bands[name].dims[0].attach_scale(scales["bands"])
        place = file.create_group("location")
        for name in ("lat", "lon"):
            place[name] = np.zeros(values.shape[:2])


def write_matlab_73(path: Path, name: str, array: NDArray[Any], **vectors: NDArray[Any]) -> None:
    """Write a MATLAB file of version 7.3: a header of 512 bytes before HDF5, axes turned round."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for key, one in {name: array, **vectors}.items():
            made = file.create_dataset(key, data=np.asarray(one).transpose())
            kind = {"float64": "double", "float32": "single"}.get(str(one.dtype), str(one.dtype))
            made.attrs["MATLAB_class"] = np.bytes_(kind)
        file["title"] = np.frombuffer("leaf".encode("utf-16-le"), "<u2").reshape(4, 1)
        file["title"].attrs["MATLAB_class"] = np.bytes_("char")
        file.create_group("#refs#")["a"] = np.zeros((3, 4, 5))
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM")


def write_netcdf3(
    path: Path,
    arrays: Mapping[str, tuple[tuple[str, ...], NDArray[Any], Mapping[str, Any]]],
    *,
    version: int = 1,
    records: str = "",
    **attributes: Any,
) -> Path:
    """Write a netCDF-3 file.

    Parameters
    ----------
    path : Path
    arrays : mapping
        Dimensions, numbers and attributes of each variable, by its name.
    version : {1, 2}
        Classic, or with 64-bit offsets.
    records : str
        The dimension that has no length of its own.
    **attributes : object
        Of the file.
    """
    with netcdf_file(path, "w", version=version) as file:
        for name, value in attributes.items():
            setattr(file, name, value)
        sizes = {
            dim: size
            for dims, array, _ in arrays.values()
            for dim, size in zip(dims, array.shape, strict=True)
        }
        for dim in sorted(sizes, key=lambda one: one != records):
            file.createDimension(dim, None if dim == records else sizes[dim])
        for name, (dims, array, told) in arrays.items():
            made = file.createVariable(name, array.dtype.newbyteorder("="), dims)
            made[:] = array
            for key, value in told.items():  # scipy takes a float for one of 32 bits
                setattr(made, key, np.float64(value) if isinstance(value, float) else value)
    return path


_MATLAB_CLASSES = {"f8": (6, 9), "f4": (7, 7), "i1": (8, 1), "u1": (9, 2), "i2": (10, 3),
                   "u2": (11, 4), "i4": (12, 5), "u4": (13, 6), "i8": (14, 12),
                   "u8": (15, 13)}  # fmt: skip


def write_matlab_5(
    path: Path, order: str, arrays: Mapping[str, NDArray[Any]], *, packed: bool = False
) -> Path:
    """Write a MATLAB file of version 5 in either byte order, which scipy does in its own alone."""
    elements = [_matrix(order, name, array) for name, array in arrays.items()]
    if packed:
        squeezed = [zlib.compress(one) for one in elements]
        elements = [struct.pack(order + "II", 15, len(one)) + one for one in squeezed]
    mark = b"\x00\x01IM" if order == "<" else b"\x01\x00MI"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(124) + mark + b"".join(elements))
    return path


def _matrix(order: str, name: str, array: NDArray[Any]) -> bytes:
    def element(kind: int, content: bytes) -> bytes:
        return struct.pack(order + "II", kind, len(content)) + content + bytes(-len(content) % 8)

    seen_as, stored_as = _MATLAB_CLASSES[array.dtype.str[1:]]
    sides = struct.pack(f"{order}{array.ndim}i", *array.shape)
    numbers = array.astype(array.dtype.newbyteorder(order)).tobytes(order="F")
    head = element(6, struct.pack(order + "II", seen_as, 0)) + element(5, sides)
    return element(14, head + element(1, name.encode()) + element(stored_as, numbers))
