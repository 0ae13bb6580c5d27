"""Folders of models as the window finds them, and a model that is taught anew in its folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from explain_models import RECIPE, make_card, make_small

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.services.models import BundledModelFiles, place_of

FILES = BundledModelFiles()


def test_a_model_is_found_by_its_folder_or_its_files(small_folder: Path) -> None:
    assert "focus-leaf" in FILES.bundled()
    for path in (small_folder, small_folder / "card.json", small_folder / "weights.safetensors"):
        assert FILES.model_at(path) == small_folder
    assert FILES.model_at(small_folder.parent) is None
    assert FILES.model_at(small_folder.parent / "leaf.hdr") is None
    assert FILES.read_card(str(small_folder)).classes == make_card().classes


@pytest.mark.parametrize("missing", ["weights.safetensors", "card.json"])
def test_a_folder_that_lacks_a_file_is_refused_by_name(small_folder: Path, missing: str) -> None:
    (small_folder / missing).unlink()
    with pytest.raises(ModelError, match=str(small_folder)):
        FILES.read_card(str(small_folder))


def test_a_backbone_without_classes_is_no_model_to_choose(small_folder: Path) -> None:
    backbone = replace(make_card(), classes=(), role="backbone")
    save_model(small_folder, make_small(), backbone, RECIPE)
    with pytest.raises(ModelError, match="small is a backbone for teaching"):
        FILES.read_card(str(small_folder))


def test_a_model_of_the_command_line_has_one_place(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_folder.parent)
    assert place_of("focus-leaf") == "focus-leaf"
    assert place_of(small_folder.name) == str(small_folder)
    assert place_of("nothing") == "nothing"  # said when it is to explain


def test_a_model_that_was_taught_anew_is_loaded_anew(small_folder: Path) -> None:
    explainer = Explainer()
    first = explainer.load(str(small_folder))
    assert explainer.load(str(small_folder)) is first
    save_model(small_folder, make_small(), replace(make_card(), version="2"), RECIPE)
    again = explainer.load(str(small_folder))
    assert again is not first and again.card.version == "2"
    shutil.rmtree(small_folder)
    with pytest.raises(ModelError, match=str(small_folder)):
        explainer.load(str(small_folder))
