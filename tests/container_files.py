"""Files in which the cube is deeper than an array by a name: structs, bands, levels, parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import zarr
from numpy.typing import NDArray
from scipy.io import savemat


def write_struct(path: Path, values: NDArray[Any], centers_nm: NDArray[Any], packed: bool) -> None:
    """Write a struct of MATLAB 5 as its hypercube has it; the wavelengths stand behind the cube."""
    info = {"wavelength": centers_nm, "sensor": "leaf"}
    savemat(path, {"hcube": {"DataCube": values, "info": info}}, do_compression=packed)


def write_structs_73(path: Path, values: NDArray[Any], centers_nm: NDArray[Any]) -> None:
    """Write an array of one struct of MATLAB 7.3, whose fields are references."""
    with h5py.File(path, "w", userblock_size=512) as file:
        scene, refs = file.create_group("scene"), file.create_group("#refs#")
        scene.attrs["MATLAB_class"] = np.bytes_("struct")
        for field, array in (("cube", values), ("wl", np.atleast_2d(centers_nm))):
            made = refs.create_dataset(field, data=array.transpose())
            kind = {"f8": "double"}.get(array.dtype.str[1:], str(array.dtype))
            made.attrs["MATLAB_class"] = np.bytes_(kind)
            scene.create_dataset(field, data=np.array([[made.ref]], dtype=h5py.ref_dtype))


def write_bands(path: Path, values: NDArray[Any], centers_nm: NDArray[Any]) -> None:
    """Write an array for each band, with its wavelength as an attribute."""
    with h5py.File(path, "w") as file:
        for band, center in enumerate(centers_nm):
            made = file.create_dataset(f"products/rhot_{band}", data=values[:, :, band])
            made.attrs["wavelength"], made.attrs["fwhm"] = center, 5.5
            made.attrs["_FillValue"], made.attrs["scale_factor"] = np.int16(-1), 0.001


def write_hyperspy(path: Path, values: NDArray[Any], centers_nm: NDArray[Any]) -> None:
    """Write a signal as HyperSpy does."""
    with h5py.File(path, "w") as file:
        file["Experiments/leaf/data"] = values
        axes = (("y", 0.5, 0.0, True), ("x", 0.5, 0.0, True))
        step = centers_nm[1] - centers_nm[0]
        for place, (name, scale, offset, navigate) in enumerate(
            (*axes, ("Wavelength", step, centers_nm[0], False))
        ):
            group = file.create_group(f"Experiments/leaf/axis-{place}")
            unit = "mm" if navigate else "nm"
            group.attrs.update(name=name, scale=scale, offset=offset, units=unit, navigate=navigate)


def write_neon_radiance(path: Path, values: NDArray[Any], centers_nm: NDArray[Any]) -> None:
    """Write radiance in two parts, as NEON does since 2021."""
    with h5py.File(path, "w") as file:
        root = file.create_group("SITE/Radiance")
        for name in ("RadianceIntegerPart", "RadianceDecimalPart"):
            made = root.create_dataset(name, data=values, chunks=True)
            made.attrs["Data_Ignore_Value"], made.attrs["Scale_Factor"] = -9999.0, 50000.0
        root["Metadata/Spectral_Data/Wavelength"] = centers_nm


def write_ome_zarr(
    path: Path, values: NDArray[Any], centers_nm: NDArray[Any], version: str
) -> None:
    """Write an image of two resolutions with labels of its channels.

    First and last by name are files that the image needs.
    """
    half = "a_half" if version == "0.4" else "z_half"
    group = zarr.open_group(path, mode="w", zarr_format=2 if version == "0.4" else 3)
    axes = [{"name": name} for name in "cyx"]
    image = {"axes": axes, "datasets": [{"path": "full"}, {"path": half}], "version": version}
    channels = [{"label": f"{center} nm"} for center in centers_nm]
    told = {"multiscales": [image], "omero": {"channels": channels}}
    group.attrs.update(told if version == "0.4" else {"ome": told})
    planes = np.moveaxis(values, -1, 0)
    group.create_array("full", data=np.ascontiguousarray(planes), chunks=(3, 3, 3))
    group.create_array(half, data=np.ascontiguousarray(planes[:, ::2, ::2]))
