"""Stacks with a page for each band, by several programs, and files that are no cube."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import tifffile
from numpy.typing import NDArray

from focus_viewer.core.cubes.array_choice import ArrayChoice, NeedsChoice
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.errors import CubeError, OtherKind
from focus_viewer.io.formats.tiff.reader import TiffFormat, describes_cube

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
ALL = slice(None)
CENTRES_NM = [400.5 + 20 * k for k in range(6)]


def stack(bands: int = 6, rows: int = 9, cols: int = 11, dtype: str = "uint16") -> NDArray[Any]:
    """Different numbers: (bands, rows, cols)."""
    return np.arange(bands * rows * cols).reshape(bands, rows, cols).astype(dtype)


def read(path: Path, choice: ArrayChoice | None = None) -> Cube:
    return TiffFormat().read(path, choice)


def assert_same(cube: Cube, pages: NDArray[Any]) -> None:
    np.testing.assert_array_equal(cube.block(ALL, ALL), np.moveaxis(pages, 0, -1))


def test_the_layout_of_hyperleaf(tmp_path: Path) -> None:
    pages = stack(204, 48, 352)
    tifffile.imwrite(tmp_path / "leaf.tiff", pages, photometric="minisblack")

    cube = read(tmp_path / "leaf.tiff")

    assert_same(cube, pages)
    assert cube.name == "leaf"
    assert cube.wavelengths_nm is None
    assert cube.units == "counts"
    assert describes_cube(tmp_path / "leaf.tiff")


@pytest.mark.parametrize("descriptions", [
    [f"{nm} nm" for nm in CENTRES_NM],
    [f"Band {k} ({nm / 1000:.4f} micrometers)" for k, nm in enumerate(CENTRES_NM)],
    [f"{nm}" for nm in CENTRES_NM],
], ids=["nm", "micrometers", "numbers"])  # fmt: skip
@pytest.mark.parametrize("where", ["description", "page name"])
def test_wavelengths_in_the_descriptions_of_pages(
    tmp_path: Path, descriptions: list[str], where: str
) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for page, text in zip(stack(), descriptions, strict=True):
            told: dict[str, Any] = (
                {"description": text}
                if where == "description"
                else {"extratags": [(285, 2, len(text) + 1, text, True)]}
            )
            writer.write(page, contiguous=False, metadata=None, **told)

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    assert any("guessed" in note for note in cube.notes) == (descriptions[0] == "400.5")


@pytest.mark.parametrize("descriptions", [
    [str(k) for k in range(6)],
    [f"page {k}" for k in range(6)],
    ["400 nm", "420 nm", "", "460 nm", "480 nm", "500 nm"],
    ["500.5", "400.5", "450.5", "460.5", "470.5", "480.5"],
], ids=["counts", "words", "one missing", "no order"])  # fmt: skip
def test_wavelengths_are_never_made_up(tmp_path: Path, descriptions: list[str]) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for page, text in zip(stack(), descriptions, strict=True):
            writer.write(page, contiguous=False, metadata=None, description=text)

    cube = read(tmp_path / "a.tif")

    assert cube.wavelengths_nm is None
    assert any("no wavelengths" in note for note in cube.notes)


@pytest.mark.parametrize("metadata", [
    {"wavelengths": CENTRES_NM, "wavelength_units": "nm", "fwhm": [5.5] * 6},
    {"wavelength_nm": CENTRES_NM, "fwhm_nm": [5.5] * 6},
    {"Wavelengths": [nm / 1000 for nm in CENTRES_NM], "wavelength units": "um",
     "fwhm": [0.0055] * 6},
], ids=str)  # fmt: skip
def test_a_list_in_the_json_of_the_first_page(tmp_path: Path, metadata: dict[str, Any]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", stack(), photometric="minisblack", metadata=metadata)

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    np.testing.assert_allclose(cube.fwhm_nm, [5.5] * 6)


def test_a_list_in_the_text_of_the_first_page(tmp_path: Path) -> None:
    text = "camera x\nwavelengths = {" + ", ".join(map(str, CENTRES_NM)) + "}\nend"
    options = {"photometric": "minisblack", "metadata": None, "description": text}
    tifffile.imwrite(tmp_path / "a.tif", stack(), **options)

    np.testing.assert_allclose(read(tmp_path / "a.tif").wavelengths_nm, CENTRES_NM)


def test_bands_are_put_in_the_order_of_their_wavelengths(tmp_path: Path) -> None:
    metadata = {"wavelengths": CENTRES_NM[::-1], "wavelength_units": "nm"}
    tifffile.imwrite(tmp_path / "a.tif", stack(), photometric="minisblack", metadata=metadata)

    cube = read(tmp_path / "a.tif")

    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    assert_same(cube, stack()[::-1])
    np.testing.assert_array_equal(cube.band(0), stack()[5])


@pytest.mark.parametrize("axis", "CZT")
def test_stacks_of_imagej(tmp_path: Path, axis: str) -> None:
    labels = [f"{nm} nm" for nm in CENTRES_NM]
    metadata = {"axes": f"{axis}YX", "Labels": labels}
    tifffile.imwrite(tmp_path / "a.tif", stack(), imagej=True, metadata=metadata)

    cube = read(tmp_path / "a.tif")

    assert_same(cube, stack())
    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)
    assert any("taken as bands" in note for note in cube.notes) == (axis != "C")


def test_large_stacks_of_imagej_have_one_directory(tmp_path: Path) -> None:
    pages = stack()
    tifffile.imwrite(tmp_path / "a.tif", pages, imagej=True, metadata={"axes": "ZYX"})
    content = bytearray((tmp_path / "a.tif").read_bytes())
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        first, order = tiff.pages.first, "big" if tiff.byteorder == ">" else "little"
        end = first.offset + 2 + 12 * len(first.tags)
    assert int.from_bytes(content[end : end + 4], order) > 0  # type: ignore[arg-type]
    content[end : end + 4] = bytes(4)
    (tmp_path / "a.tif").write_bytes(content)

    assert_same(read(tmp_path / "a.tif"), pages)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_channels_of_ome(tmp_path: Path, compression: str | None) -> None:
    channel = {"Name": [f"{nm} nm" for nm in CENTRES_NM]}
    metadata = {"axes": "CYX", "Channel": channel}
    tifffile.imwrite(tmp_path / "a.ome.tif", stack(), compression=compression, metadata=metadata)

    cube = read(tmp_path / "a.ome.tif")

    assert_same(cube, stack())
    np.testing.assert_allclose(cube.wavelengths_nm, CENTRES_NM)


@pytest.mark.parametrize("unit", ["nm", "µm", None])
def test_emission_wavelengths_of_ome(tmp_path: Path, unit: str | None) -> None:
    factor = 1000 if unit == "µm" else 1
    channel: dict[str, Any] = {"EmissionWavelength": [nm / factor for nm in CENTRES_NM]}
    if unit:
        channel["EmissionWavelengthUnit"] = [unit] * 6
    metadata = {"axes": "CYX", "Channel": channel}
    tifffile.imwrite(tmp_path / "a.ome.tif", stack(), metadata=metadata)

    np.testing.assert_allclose(read(tmp_path / "a.ome.tif").wavelengths_nm, CENTRES_NM)


@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_several_axes_are_the_users_to_choose(tmp_path: Path, kind: str) -> None:
    array = np.arange(2 * 3 * 6 * 9 * 11).reshape(2, 3, 6, 9, 11).astype(np.uint16)
    path = tmp_path / ("a.ome.tif" if kind == "ome" else "a.tif")
    options: dict[str, Any] = {"ome": True} if kind == "ome" else {"imagej": True}
    tifffile.imwrite(path, array, metadata={"axes": "TZCYX"}, **options)

    with pytest.raises(NeedsChoice, match="several of its stacks") as caught:
        read(path)

    names = [one.name for one in caught.value.candidates]
    assert names[0] == "channels at T=0, Z=0"
    assert {"channels at T=1, Z=2", "times at Z=0, C=5", "depths at T=1, C=0"} <= set(names)
    assert TiffFormat().candidates(path) == caught.value.candidates
    assert_same(read(path, ArrayChoice("channels at T=1, Z=2")), array[1, 2])
    assert_same(read(path, ArrayChoice("depths at T=1, C=4")), array[1, :, 4])
    assert describes_cube(path)
    with pytest.raises(CubeError, match="holds no array 'other'"):
        read(path, ArrayChoice("other"))


def test_several_cubes_in_a_file_are_the_users_to_choose(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for dtype in ("uint16", "float32"):
            writer.write(stack(dtype=dtype), photometric="minisblack", planarconfig="separate")

    with pytest.raises(NeedsChoice) as caught:
        read(tmp_path / "a.tif")

    assert [one.name for one in caught.value.candidates] == ["image 1", "image 2"]
    chosen = read(tmp_path / "a.tif", ArrayChoice("image 2"))
    assert chosen.stored.startswith("BSQ, float32")
    assert_same(chosen, stack())


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_an_array_of_rows_columns_and_bands(tmp_path: Path, compression: str | None) -> None:
    array = np.arange(9 * 11 * 6).reshape(9, 11, 6).astype(np.uint16)
    options = {"photometric": "minisblack", "compression": compression}
    tifffile.imwrite(tmp_path / "a.tif", array, **options)  # a page for each row

    with pytest.raises(NeedsChoice, match="its rows") as caught:
        read(tmp_path / "a.tif")

    assert [one.axes for one in caught.value.candidates] == [None]
    assert caught.value.candidates[0].shape == array.shape
    cube = read(tmp_path / "a.tif", ArrayChoice(axes=("rows", "cols", "bands")))
    np.testing.assert_array_equal(cube.block(ALL, ALL), array)
    np.testing.assert_array_equal(cube.pixel(4, 5), array[4, 5])
    np.testing.assert_array_equal(cube.block(slice(1, 8, 3), slice(2, 9, 2)), array[1:8:3, 2:9:2])
    transposed = read(tmp_path / "a.tif", ArrayChoice(axes=("bands", "cols", "rows")))
    np.testing.assert_array_equal(transposed.block(ALL, ALL), array.transpose(2, 1, 0))
    with pytest.raises(CubeError, match="rows, cols and bands"):
        read(tmp_path / "a.tif", ArrayChoice(axes=("rows", "rows", "bands")))


def test_what_the_user_says_counts(tmp_path: Path) -> None:
    told = {"wavelengths": CENTRES_NM, "wavelength_units": "nm"}
    tifffile.imwrite(tmp_path / "a.tif", stack(), photometric="minisblack", metadata=told)
    own = (900.0, 800.0, 700.0, 600.0, 500.0, 450.0)

    cube = read(tmp_path / "a.tif", ArrayChoice(wavelengths_nm=own, units="radiance", scale=4.0))

    np.testing.assert_allclose(cube.wavelengths_nm, sorted(own))
    assert cube.units == "radiance"
    assert_same(cube, stack()[::-1] / 4)
    assert read(tmp_path / "a.tif", ArrayChoice(wavelengths_nm=())).wavelengths_nm is None


REFUSED: dict[str, tuple[NDArray[Any], dict[str, Any], str, str]] = {
    "RGB": (stack(3, 9, 11, "uint8"), {"photometric": "rgb", "planarconfig": "separate"},
            "picture", "a colour picture"),
    "RGB of 16 bits": (np.zeros((9, 11, 3), np.uint16), {"photometric": "rgb"}, "picture",
                       "a colour picture"),
    "RGBA": (np.zeros((9, 11, 4), np.uint8), {"photometric": "rgb", "extrasamples": ["unassalpha"]},
             "picture", "a colour picture"),
    "many pictures": (np.zeros((5, 9, 11, 3), np.uint8), {"photometric": "rgb"}, "picture",
                      "a colour picture"),
    "four bands of 8 bits": (np.zeros((9, 11, 4), np.uint8),
                             {"photometric": "minisblack", "planarconfig": "contig"}, "picture",
                             r"a picture \(4 bands of 8 bits, no wavelengths\)"),
    "labels": (np.zeros((9, 11), np.uint16), {}, "picture", "perhaps labels"),
    "one band": (np.zeros((9, 11), np.float32), {}, "picture", "an image of a single band"),
    "palette": (np.zeros((9, 11), np.uint8),
                {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)},
                "classification", "with a palette"),
    "bits": (np.zeros((9, 16), np.bool_), {}, "mask", "a mask"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_cube(tmp_path: Path, name: str) -> None:
    array, options, kind, told = REFUSED[name]
    tifffile.imwrite(tmp_path / "a.tif", array, **options)

    with pytest.raises(OtherKind, match=f"a.tif is .*{told}.*, not a cube. Open") as caught:
        read(tmp_path / "a.tif")

    assert caught.value.kind == kind
    assert not describes_cube(tmp_path / "a.tif")


def test_three_bands_with_wavelengths_are_a_cube(tmp_path: Path) -> None:
    options = {"driver": "GTiff", "dtype": "uint8", "photometric": "MINISBLACK"}
    with rasterio.open(tmp_path / "a.tif", "w", height=9, width=11, count=3, **options) as dataset:
        dataset.write(stack(3, dtype="uint8"))
        for band in (1, 2, 3):
            dataset.update_tags(band, wavelength=str(400 + band), wavelength_units="nm")

    np.testing.assert_allclose(read(tmp_path / "a.tif").wavelengths_nm, [401, 402, 403])
    assert describes_cube(tmp_path / "a.tif")


def test_opacity_is_no_band(tmp_path: Path) -> None:
    array = np.moveaxis(stack(7), 0, -1)
    extra = ["unspecified"] * 5 + ["unassalpha"]
    options = {"photometric": "minisblack", "planarconfig": "contig", "extrasamples": extra}
    tifffile.imwrite(tmp_path / "a.tif", array, **options)

    cube = read(tmp_path / "a.tif")

    assert_same(cube, stack(7)[:6])
    assert any("opacity" in note for note in cube.ignored)
