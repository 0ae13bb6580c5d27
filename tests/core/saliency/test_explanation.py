"""Explanation: its volumes, and what is left where nothing differs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest
from project_states import explanation

from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.modes import MODES
from focus_viewer.core.saliency.volume import Mode, heatmap
from focus_viewer.core.spectra.band_window import BandWindow
from focus_viewer.core.typing import FloatArray
from focus_viewer.io.export.planes import description


def test_two_threads_that_ask_at_once_get_the_same_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    explained, both, values = explanation(), Barrier(2), Explanation._values
    explained.limits("evidence")

    def values_at_once(self: Explanation, name: str, mode: Mode, rival: str | None) -> FloatArray:
        both.wait(timeout=60)
        return values(self, name, mode, rival)

    monkeypatch.setattr(Explanation, "_values", values_at_once)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: explained.volume("rust", "evidence"), range(2))
    assert first is second
    assert explained.volume("rust", "evidence") is first


def test_pixels_that_the_model_did_not_meet_have_no_evidence() -> None:
    explained = explanation()
    volume = explained.volume("rust", "evidence")
    window = BandWindow(float(volume.centers_nm[0]), 1.0)
    shown = heatmap(volume, window)
    assert (shown[~explained.met] == 0).all()
    everywhere = heatmap(replace(volume, met=None), window)
    np.testing.assert_array_equal(shown[explained.met], everywhere[explained.met])
    part = heatmap(volume, window, slice(3, 11), slice(5, 30))
    np.testing.assert_array_equal(part, shown[3:11, 5:30])


def test_a_coarser_image_of_what_was_met_is_laid_over_the_pixels() -> None:
    coarse = np.array([[True, False], [False, True]])
    volume = replace(explanation().volume("rust", "evidence"), met=coarse)
    shown = heatmap(volume, BandWindow(float(volume.centers_nm[0]), 1.0))
    expected = np.kron(coarse, np.ones((10, 15), dtype=np.bool_))
    np.testing.assert_array_equal(shown != 0, expected)


def test_rounding_is_not_taken_for_evidence() -> None:
    some = explanation()
    tiny = {name: getattr(some, name) * np.float32(1e-9) for name in ("evidence", "saliency")}
    none = replace(some, **tiny)
    assert none.empty and not some.empty
    assert none.doubt("rust") == 0 < some.doubt("rust")
    assert none.volume("rust", "evidence").limits[1] > 1e3 * np.abs(tiny["saliency"]).max()


@pytest.mark.parametrize("mode", MODES)
def test_all_classes_have_the_same_colour_limits(mode: Mode) -> None:
    some = explanation()
    strong = np.array([1.0, 5.0, 0.2], dtype=np.float32)[: len(some.classes), None, None, None]
    some = replace(some, saliency=some.saliency * strong, attention=some.attention * strong)
    volumes = [some.volume(name, mode) for name in some.classes]
    assert {volume.limits for volume in volumes} == {some.limits(mode)}
    everything = np.abs(np.stack([volume.values for volume in volumes]))
    assert some.limits(mode)[1] == pytest.approx(np.percentile(everything, 99.8), rel=1e-6)
    contrasted = some.volume(some.classes[0], mode, some.classes[1])
    assert contrasted.limits == some.limits(mode)


def test_limits_of_a_large_image_are_those_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = explanation().limits("evidence")[1]
    size = explanation().saliency.size
    monkeypatch.setattr("focus_viewer.core.saliency.explanation.LIMIT_SAMPLE", size // 5)
    assert explanation().limits("evidence")[1] == pytest.approx(whole, rel=0.5)


def test_what_must_be_known_goes_with_a_volume_into_every_file() -> None:
    volume = explanation().volume("rust", "evidence")
    told = description(volume, "leaf")
    assert told.startswith("Evidence for rust in leaf; Doubtful: the cube contains counts")
    assert told.endswith(f"model {explanation().card.name}: {explanation().card.doubt}")


def test_a_close_decision_is_said_beside_the_verdict() -> None:
    some = explanation()
    far = replace(some, logits=np.array([9, 0, 0], dtype=np.float32))
    near = replace(some, logits=np.array([0, 1.1, 1], dtype=np.float32))
    assert "close decision" not in {reason.code for reason in far.applicability.reasons}
    (reason,) = (each for each in near.applicability.reasons if each.code == "close decision")
    assert reason in near.applicability.shown
    assert near.applicability.verdict == far.applicability.verdict
    first, second = near.classes[1], near.classes[2]
    assert reason.text.startswith(f"close between {first} 4") and second in reason.text
