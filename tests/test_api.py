"""The Python interface, used as the documentation shows it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import focus_viewer as fv
from focus_viewer.core.errors import CubeError, ModelError
from focus_viewer.core.saliency.volume import heatmap, importance_curve
from focus_viewer.core.spectra.band_window import BandWindow

ROOT = Path(__file__).parents[1]
LEAF = ROOT / "resources" / "leaf.hdr"

HEAVY = {"torch", "timm", "PySide6", "pyqtgraph", "vispy", "matplotlib", "rasterio", "h5py", "zarr"}


@pytest.fixture(scope="module")
def result() -> fv.Result:
    return fv.explain(fv.open_cube(LEAF), device="cpu")


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_no_library() -> None:
    loaded = loaded_after("import focus_viewer")
    assert "focus_viewer.api" in loaded
    assert not loaded & (HEAVY | {"numpy"})


def test_opening_a_cube_loads_neither_torch_nor_qt() -> None:
    loaded = loaded_after(f"import focus_viewer as fv; fv.open_cube({str(LEAF)!r})")
    assert not loaded & {"torch", "timm", "PySide6", "matplotlib"}


def test_paths_are_text_or_path() -> None:
    assert fv.open_cube(str(LEAF)).shape == fv.open_cube(LEAF).shape


def test_the_result_gives_what_the_window_shows(result: fv.Result) -> None:
    volume = result.explanation.volume("bacterial spot", "evidence")
    np.testing.assert_array_equal(
        result.importance_curve("bacterial spot"), importance_curve(volume)
    )
    np.testing.assert_array_equal(
        result.heatmap("bacterial spot", 760, width_nm=50), heatmap(volume, BandWindow(760, 50))
    )
    assert result.heatmap("healthy", 760).shape == result.cube.shape[:2]


def test_the_curve_has_an_axis(result: fv.Result) -> None:
    curve = result.importance_curve("chlorosis", mode="attention")
    assert curve.shape == result.centers_nm.shape == (len(result.edges_nm),)
    assert 0 < curve.sum() <= 1
    assert result.strongest_nm("chlorosis") in result.centers_nm


def test_probabilities_have_names(result: fv.Result) -> None:
    assert tuple(result.probabilities) == result.classes
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert max(result.probabilities, key=result.probabilities.__getitem__) == result.predicted


def test_two_classes_are_contrasted(result: fv.Result) -> None:
    one_way = result.importance_curve("chlorosis", reference_class="healthy")
    other_way = result.importance_curve("healthy", reference_class="chlorosis")
    np.testing.assert_allclose(one_way, -other_way, atol=1e-6)


def test_an_unknown_class_names_the_known_ones(result: fv.Result) -> None:
    with pytest.raises(ValueError, match="no class 'rust'; it has healthy, chlorosis"):
        result.importance_curve("rust")


def test_a_window_that_the_sensor_lacks_is_refused(result: fv.Result) -> None:
    with pytest.raises(ValueError, match="expected a window within 400 to 2500 nm"):
        result.heatmap("healthy", 300)


def test_verdict_and_limits_of_the_model_come_first(result: fv.Result) -> None:
    assert result.notes[0] == result.applicability.sentence == "Applies"
    assert "not validated" in result.notes[1]


def test_the_name_stays_a_function_once_its_package_is_loaded(result: fv.Result) -> None:
    assert list(inspect.signature(fv.explain).parameters) == ["cube", "model", "device", "progress"]
    again = fv.explain(LEAF, device="cpu")
    np.testing.assert_array_equal(again.explanation.logits, result.explanation.logits)


def test_progress_is_reported_and_may_cancel() -> None:
    seen: list[float] = []

    def progress(fraction: float, text: str) -> None:
        seen.append(fraction)
        if fraction > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fv.explain(LEAF, device="cpu", progress=progress)
    assert seen == sorted(seen)


def test_options_of_a_container_are_applied(tmp_path: Path) -> None:
    values = np.arange(4 * 5 * 6, dtype=np.uint16).reshape(6, 4, 5)
    np.save(tmp_path / "cube.npy", values)
    cube = fv.open_cube(
        tmp_path / "cube.npy",
        axes=("bands", "rows", "cols"),
        wavelengths_nm=np.linspace(400, 900, 6),
        units="reflectance",
        scale=100,
    )
    assert (cube.shape, cube.units) == ((4, 5, 6), "reflectance")
    np.testing.assert_allclose(cube.band(2), values[2] / 100)


def test_a_model_is_told_by_its_card() -> None:
    assert fv.load_model().classes[0] == "healthy"
    with pytest.raises(ModelError):
        fv.load_model("no-such-model")


def test_a_project_is_read() -> None:
    reading = fv.open_project(ROOT / "resources" / "sample.focus.json")
    assert [cube.path.name for cube in reading.project.cubes] == ["leaf.img"]


def test_a_missing_file_is_named() -> None:
    with pytest.raises(CubeError, match=r"nowhere\.hdr"):
        fv.open_cube("nowhere.hdr")


def test_an_unknown_attribute_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'exlpain'"):
        fv.exlpain  # noqa: B018


def test_short_and_rich_representation(result: fv.Result) -> None:
    assert repr(result).startswith(f"Result(leaf: {result.explanation.predicted} ")
    assert repr(result).endswith(
        "model focus-leaf applies, simulated training data, not validated)"
    )
    assert repr(result.cube) == "Cube(leaf: 112 x 160 px, 210 bands, 400-2500 nm, reflectance)"
    assert len(repr(result.explanation)) < 100
    assert repr(result.volume("healthy")).startswith("SaliencyVolume(evidence for healthy, ")
    html = result._repr_html_()
    assert html.count("data:image/png;base64,") == 2
    assert all(name in html for name in result.classes)
    assert "not validated" in html


def test_options_that_cannot_apply_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CubeError, match=r"leaf.*--axes cannot apply"):
        fv.open_cube(LEAF, axes=("bands", "rows", "cols"))
    np.save(tmp_path / "cube.npy", np.zeros((4, 5, 6), dtype=np.uint16))
    for wrong in ({"units": "foo"}, {"scale": 0.0}, {"scale": float("nan")}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            fv.open_cube(tmp_path / "cube.npy", **wrong)  # type: ignore[arg-type]
    with pytest.raises(CubeError, match="expected rows, cols and bands"):
        fv.open_cube(tmp_path / "cube.npy", axes=("rows", "cols"))  # type: ignore[arg-type]


@pytest.mark.parametrize("window", [(float("nan"), 0.0), (760.0, float("nan")), (760.0, -5.0)])
def test_a_window_that_is_not_one_is_refused(
    result: fv.Result, window: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match="expected a centre and a width"):
        result.heatmap("healthy", window[0], width_nm=window[1])
