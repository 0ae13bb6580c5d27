"""Models on disk: what is written comes back, and what is wrong is said."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from explain_models import RECIPE, make_card
from safetensors.torch import load_file, save_file

from focus_viewer.core.errors import ModelError
from focus_viewer.explain.model.cards import (
    CARD,
    READING,
    WEIGHTS,
    Recipe,
    available_models,
    models_folder,
    parse_card,
    read_card,
    write_benchmark,
    write_card,
)
from focus_viewer.explain.model.checkpoint import (
    build_model,
    extra_parameters_percent,
    load_model,
    save_model,
)
from focus_viewer.explain.model.focus_model import FocusModel


def test_a_model_comes_back_as_it_was(small: FocusModel, tmp_path: Path) -> None:
    saved = save_model(tmp_path / "m", small, make_card(), RECIPE)
    card, model = load_model(tmp_path / "m")
    assert card == saved == read_card(tmp_path / "m")
    images, groups = torch.randn(2, 10, 16, 16), torch.arange(10)
    for old, new in zip(small(images, groups), model(images, groups), strict=True):
        assert torch.equal(old, new)
    assert torch.equal(small.backbone.logits(images, groups), model.backbone.logits(images, groups))


def test_what_was_measured_is_kept_with_the_weights(small: FocusModel, tmp_path: Path) -> None:
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    found = dict(load_model(tmp_path / "m").model.named_buffers())
    spectral = ("mean", "log_std", "residual_std", "brightness_weights")
    for name in (*spectral, "tissue", "anchor"):
        assert torch.equal(found[name], small.get_buffer(name)), name
        assert found[name].std() > 0, name


def test_a_model_that_knows_no_other_materials_is_loaded(small: FocusModel, tmp_path: Path) -> None:
    save_model(tmp_path / "m", small, make_card(), RECIPE)
    weights = load_file(tmp_path / "m" / WEIGHTS)
    del weights["background"]
    save_file(weights, tmp_path / "m" / WEIGHTS)
    card, recipe = parse_card(tmp_path / "m" / CARD)
    found = hashlib.sha256((tmp_path / "m" / WEIGHTS).read_bytes()).hexdigest()
    write_card(tmp_path / "m" / CARD, replace(card, sha256=found), recipe)
    assert not load_model(tmp_path / "m").model.background.any()


def test_temperatures_are_kept_by_range_of_sensors(small: FocusModel, tmp_path: Path) -> None:
    temperatures = {"full range": 1.5, "VNIR": 0.75}
    save_model(tmp_path / "m", small, replace(make_card(), temperatures=temperatures), RECIPE)
    card = load_model(tmp_path / "m").card
    assert card.temperatures == temperatures
    assert card.temperature(np.array([[400.0, 450], [2450, 2500]])) == 1.5
    assert card.temperature(np.array([[450.0, 500], [900, 950]])) == 0.75
    assert card.temperature(np.array([[900.0, 950], [1650, 1700]])) == 1


def test_a_model_of_an_earlier_version_is_refused_with_what_to_do(small_folder: Path) -> None:
    path = small_folder / "card.json"
    entries = json.loads(path.read_text())
    assert entries["recipe"].pop("reading") == READING
    command = "focus-viewer train --out models/small --seed 4"
    path.write_text(json.dumps({**entries, "command": command}))
    for read in (load_model, read_card):
        with pytest.raises(ModelError, match=r"earlier version.*Train it again") as refused:
            read(small_folder)
        assert f"`{command}`" in str(refused.value)


def test_a_reading_of_another_kind_is_refused(small_folder: Path) -> None:
    path = small_folder / "card.json"
    entries = json.loads(path.read_text())
    entries["recipe"]["reading"] = "shares of something else"
    path.write_text(json.dumps(entries))
    with pytest.raises(ModelError, match="earlier version"):
        load_model(small_folder)


def test_a_benchmark_is_kept_on_the_card(small_folder: Path) -> None:
    before = read_card(small_folder)
    full = {"focus-evidence": {"band_iou_top_n": 0.7}, "rollout": {"band_iou_top_n": 0.2}}
    write_benchmark(small_folder, {"full": {"rollout": {"band_iou_top_n": 0.9}}})
    write_benchmark(small_folder, {"vnir": {"rollout": {"band_iou_top_n": 0.1}}})
    assert write_benchmark(small_folder, {"full": full}) == small_folder / "card.json"
    card = load_model(small_folder).card
    assert card.benchmark == {"full": full, "vnir": {"rollout": {"band_iou_top_n": 0.1}}}
    assert (card.sha256, card.measured) == (before.sha256, before.measured)


def test_earlier_names_of_band_iou_are_read(small_folder: Path) -> None:
    path = small_folder / "card.json"
    entries = json.loads(path.read_text())
    entries["measured"] = {"accuracy": 0.9, "band IoU": 0.5, "band IoU, rust (full range)": 0.4}
    entries["benchmark"] = {"full": {"rollout": {"band_iou": 0.2, "volume_ap": 0.1}}}
    path.write_text(json.dumps(entries))
    card = read_card(small_folder)
    assert card.measured == {
        "accuracy": 0.9,
        "band_iou_half_max": 0.5,
        "band_iou_half_max, rust (full range)": 0.4,
    }
    assert card.benchmark == {"full": {"rollout": {"band_iou_top_n": 0.2, "volume_ap": 0.1}}}


def test_a_loaded_model_is_frozen(small_folder: Path) -> None:
    model = load_model(str(small_folder)).model
    assert not model.training
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_other_weights_are_refused_by_their_checksum(small_folder: Path) -> None:
    weights = small_folder / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match=r"weights\.safetensors.*expected sha256 \w+, found \w+"):
        load_model(small_folder)


def test_missing_weights_are_named(small_folder: Path) -> None:
    (small_folder / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match=r"weights\.safetensors.*Copy both"):
        load_model(small_folder)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"recipe": {}}', '{"recipe": 3}', "\xff"])
def test_a_broken_card_is_told_with_what_belongs_in_it(small_folder: Path, text: str) -> None:
    (small_folder / "card.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ModelError, match=r"card\.json: not a model card.*classes.*recipe"):
        load_model(small_folder)


def test_a_card_with_an_unknown_entry_is_refused(small_folder: Path) -> None:
    card = small_folder / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "flavour": "mint"}))
    with pytest.raises(ModelError, match="flavour"):
        read_card(small_folder)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("temperatures", wrong) for wrong in (None, "hot", [1.0], {"VNIR": "hot"})),
        *(("temperatures", {"VNIR": wrong}) for wrong in (0, -1.5, float("nan"), None, True)),
        *(("measured", wrong) for wrong in (None, [0.9], {"accuracy": "high"})),
        *(("benchmark", wrong) for wrong in (None, {"full": 1.0}, {"full": {"rx": {"ece": "x"}}})),
        *(("classes", wrong) for wrong in ("abc", [], [1, 2, 3], ["rust", "rust"], ["", "rust"])),
        *(("group_edges_nm", wrong) for wrong in ([], [500.0, 450.0, 600.0], [400.0, 400.0])),
        *(("group_edges_nm", wrong) for wrong in ([400.0, float("nan"), 500.0], "400", [True, 9])),
        *(("group_edges_nm", wrong) for wrong in ([400.0, 10**400], [400.0, float("inf")])),
        *(("name", 3), ("validated", "no"), ("extra_parameters_percent", None)),
    ],
)  # fmt: skip
def test_a_wrong_entry_of_a_card_is_named(small_folder: Path, name: str, wrong: object) -> None:
    path = small_folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), name: wrong}))
    for read in (read_card, load_model):
        with pytest.raises(ModelError, match=rf"card\.json: .*\({name}: expected .*, found"):
            read(small_folder)


@pytest.mark.parametrize(
    ("name", "wrong"), [("tap", -1), ("tap", 1.5), ("tap", True), ("tap", None), ("options", None)]
)
def test_a_wrong_entry_of_a_recipe_is_named(small_folder: Path, name: str, wrong: object) -> None:
    path = small_folder / "card.json"
    entries = json.loads(path.read_text())
    entries["recipe"][name] = wrong
    path.write_text(json.dumps(entries))
    with pytest.raises(ModelError, match=rf"card\.json: .*\(recipe {name}: expected"):
        read_card(small_folder)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"patch_size": 0}, {"patch_size": "4"}, {"pretrained": True}, {"architecture": "vit"}),
        *({"in_chans": 3}, {"depth": 0}, {"mlp_ratio": [2]}),
        # Those that only timm can judge.
        *({"img_size": 62}, {"num_heads": 3}, {"global_pool": "none such"}, {"mlp_ratio": -1.0}),
    ],
)  # fmt: skip
def test_a_backbone_that_cannot_be_built_is_blamed_on_the_card(
    small_folder: Path, wrong: dict[str, object]
) -> None:
    path = small_folder / "card.json"
    entries = json.loads(path.read_text())
    entries["recipe"]["options"] |= wrong
    path.write_text(json.dumps(entries))
    with pytest.raises(ModelError, match=r"card\.json.*recipe"):
        load_model(small_folder)


def test_weights_of_another_architecture_are_refused(small_folder: Path) -> None:
    card = small_folder / "card.json"
    entries = json.loads(card.read_text())
    entries["recipe"]["options"]["depth"] = 2
    card.write_text(json.dumps(entries))
    with pytest.raises(ModelError, match="do not fit"):
        load_model(small_folder)


def test_an_unknown_name_lists_the_models_there_are() -> None:
    with pytest.raises(ModelError, match="focus-leaf"):
        load_model("focus-lead")


def test_bundled_models_are_found() -> None:
    assert "focus-leaf" in available_models()
    assert (models_folder() / "focus-leaf" / "card.json").is_file()


def test_extra_parameters_by_hand(small: FocusModel) -> None:
    # Prompts of 3 classes, 3 parts and 7 regions, parts of the head's rows, 4 sinks, what they
    # read of the values; the sink's bias and the temperature.
    extra = 3 * 3 * 7 * 16 + 3 * 3 * 16 + 4 * 16 + 16 * 16 + 2
    backbone = sum(parameter.numel() for parameter in small.backbone.parameters())
    assert extra_parameters_percent(small) == pytest.approx(100 * extra / backbone)


def test_prompts_and_sink_add_less_than_a_hundredth_to_a_small_vit() -> None:
    options = {"num_classes": 5, "class_token": False, "global_pool": "avg"}
    edges_nm = np.linspace(400, 2500, 49)
    recipe = Recipe("vit_small_patch16_224", tap=5, options=options)
    vit = build_model(recipe, np.stack([edges_nm[:-1], edges_nm[1:]], axis=1), classes=5)
    assert sum(p.numel() for p in vit.backbone.parameters()) > 21_000_000
    assert 0.5 < extra_parameters_percent(vit) < 1
