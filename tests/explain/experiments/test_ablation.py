"""Each variant of the method lacks what it says, and nothing else."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
import torch
from explain_models import ANY_SIZE, CLASSES, EDGES_NM, make_small
from planted import GROUPS, make_batch
from torch import Tensor

from focus_viewer.core.errors import Cancelled
from focus_viewer.core.progress import silent
from focus_viewer.explain.benchmark.measure import BenchmarkScene, BenchmarkSetup
from focus_viewer.explain.benchmark.methods import Focus, Window
from focus_viewer.explain.experiments.ablation import (
    PARTS,
    MeanLeafBatch,
    MeanLeafScene,
    build_without,
    with_own_leaf,
)
from focus_viewer.explain.experiments.ablation_run import METRICS, VariantTrainer
from focus_viewer.explain.metrics.truth import Truth
from focus_viewer.explain.model.focus_model import FocusModel, FocusOutput, contrast
from focus_viewer.explain.training.losses import LossWeights
from focus_viewer.explain.training.samples import SampleBatch

EDGES = np.stack([EDGES_NM[:-1], EDGES_NM[1:]], axis=1)
ALL = torch.arange(GROUPS)
NAMES = pytest.mark.parametrize("name", PARTS)
OTHERS = pytest.mark.parametrize("name", [name for name in PARTS if name != "whole"])


def variant(name: str, whole: FocusModel) -> FocusModel:
    """The whole model without a part; what both have is the same, and random."""
    model = build_without(PARTS[name], whole, EDGES, seed=0)
    ours, theirs = model.prompts.state_dict(), whole.prompts.state_dict()
    learned = ["anchor", *dict(model.prompts.named_parameters())]
    shared = [key for key in learned if key in theirs and ours[key].shape == theirs[key].shape]
    model.prompts.load_state_dict({**ours, **{key: theirs[key] for key in shared}})
    model.expectation.copy_(whole.expectation)
    return model.requires_grad_(False).eval()


def images_of(name: str, seed: int = 0, scenes: int = 2) -> Tensor:
    """Random images as the variant takes them."""
    rows = 2 * GROUPS if PARTS[name].batch is MeanLeafBatch else GROUPS
    return torch.randn(scenes, rows, 16, 16, generator=torch.Generator().manual_seed(seed))


def output_of(name: str, whole: FocusModel) -> FocusOutput:
    return variant(name, whole)(images_of(name), ALL)


@NAMES
def test_evidence_and_attention_add_up(name: str, small: FocusModel) -> None:
    output = output_of(name, small)
    bias = variant(name, small).prompts.bias
    torch.testing.assert_close(bias + output.evidence.sum((2, 3)), output.logits)
    torch.testing.assert_close(output.attention.sum((2, 3)) + output.sink, torch.ones(2, 3))


@OTHERS
def test_a_part_changes_something(name: str) -> None:
    whole, part = asdict(PARTS["whole"]), asdict(PARTS[name])
    assert {key for key in whole if whole[key] != part[key]} > {"instead"}


def test_only_the_reading_is_another_where_contrast_is_out() -> None:
    learning = [part.learning for part in PARTS.values()]
    assert PARTS["contrast"].learning == PARTS["whole"].learning
    assert len(set(learning)) == len(PARTS) - 1


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("attraction", {"attraction", "sink_presence"}),
        ("anchors", {"gain_l2"}),
        ("location", {"localisation"}),
        ("whole", set()),
    ],
)
def test_only_the_losses_of_the_part_are_out(name: str, without: set[str]) -> None:
    usual, ours = asdict(LossWeights()), asdict(PARTS[name].loss)
    assert {loss for loss, weight in ours.items() if weight == 0} == without
    assert all(ours[loss] == usual[loss] for loss in set(usual) - without)


def test_prompts_start_alike(small: FocusModel) -> None:
    whole = build_without(PARTS["whole"], small, EDGES, seed=4).prompts
    for name in ("sink", "factorised-pooling", "centring", "location"):
        prompts = build_without(PARTS[name], small, EDGES, seed=4).prompts
        assert (prompts.prompts == whole.prompts).all()
    other = build_without(PARTS["whole"], small, EDGES, seed=5).prompts
    assert (other.prompts != whole.prompts).any()


def test_one_region_asks_every_group_the_same(small: FocusModel) -> None:
    for name, alike in (("whole", False), ("regions", True)):
        model = variant(name, small)
        before = model(images_of(name), ALL).attention
        model.regions.copy_(1 - model.regions.clamp(max=1))
        assert torch.equal(model(images_of(name), ALL).attention, before) == alike
    assert variant("regions", small).prompts.prompts.shape[1] == 1


def test_without_sink_all_attention_is_on_the_image(small: FocusModel) -> None:
    output = output_of("sink", small)
    torch.testing.assert_close(output.attention.sum((2, 3)), torch.ones(2, 3))
    torch.testing.assert_close(output.weight.sum(-1), torch.ones(2, 3))
    even = output.attention / output.weight[..., None]
    torch.testing.assert_close(even, torch.full_like(even, 1 / GROUPS))
    assert output_of("whole", small).sink.min() > 0.01


def test_keys_of_mixed_tokens_tell_of_other_groups(small: FocusModel) -> None:
    # No brightness is taken off: groups meet nowhere else.
    small.backbone.brightness_weights.zero_()
    images = images_of("whole")
    changed = images.clone()
    changed[:, 3] += 1
    for name, apart in (("whole", True), ("band-pure-tokens", False)):
        backbone = variant(name, small).backbone
        before, after = backbone(images, ALL).keys, backbone(changed, ALL).keys
        others = [group for group in range(GROUPS) if group != 3]
        assert not torch.equal(before[:, 3], after[:, 3])
        assert torch.equal(before[:, others], after[:, others]) == apart


def test_mixed_tokens_say_nothing_where_they_are_as_everywhere() -> None:
    model = variant("band-pure-tokens", make_small(recipe=ANY_SIZE))
    even = torch.full((1, GROUPS, 16, 16), 0.7)
    assert model(even, ALL).evidence.abs().max() < 1e-5
    spotted = even.clone()
    spotted[0, 2, :4, :4] = -0.7
    said = model(spotted, ALL).evidence.abs().amax((0, 1, 3))  # of each patch
    assert said[0] > 1e-4
    assert said[1:].max() < 1e-5


def test_evidence_of_mixed_tokens_is_gated_and_weighed(small: FocusModel) -> None:
    model = variant("band-pure-tokens", small)
    images = images_of("whole")
    keys = model.backbone(images, ALL).keys  # (batch, groups, patches, heads, head_dim)
    own = (keys - keys.median(2, keepdim=True).values).flatten(3)
    reader = model.prompts.get_parameter("reader")[:, model.regions]
    said = (own[:, None] * reader[:, :, None]).sum(-1).mT  # (batch, classes, patches, groups)
    output = model(images, ALL)
    torch.testing.assert_close(output.evidence, output.attention * GROUPS * said)


def test_one_softmax_over_all_tokens_and_the_sink(small: FocusModel) -> None:
    usual = small.read(images_of("whole"), ALL)
    gate = usual.attention * GROUPS
    force = usual.score.exp()[..., None] * gate / (1 - gate)
    patches = force.shape[2]
    sink = patches * GROUPS * small.prompts.patch_sink.exp()
    share = force / (sink + force.sum((2, 3)))[..., None, None]
    output = output_of("factorised-pooling", small)
    torch.testing.assert_close(output.attention, share)
    torch.testing.assert_close(output.evidence, GROUPS * share * (usual.contribution / gate))
    torch.testing.assert_close(output.evidence / usual.contribution * gate / GROUPS, share)


def coloured(kind: type[SampleBatch], model: FocusModel, colour: np.ndarray) -> SampleBatch:
    """A scene of nothing but leaf, the mean leaf times a colour."""
    leaf = model.mean.numpy() * colour
    images = np.broadcast_to(leaf, (1, 16, 16, GROUPS)).astype(np.float32)
    mask = np.ones((1, 16, 16), dtype=np.bool_)
    return kind(images, np.arange(GROUPS), np.array([2]), mask, ~mask, np.zeros((1, GROUPS)))


def test_log_ratios_from_the_mean_leaf_tell_the_leaf_s_own_colour(small: FocusModel) -> None:
    colour = np.linspace(0.9, 1.1, GROUPS)
    model = variant("centring", small)
    statistics = model.statistics(np.arange(GROUPS))
    usual = coloured(SampleBatch, model, colour).tensor(statistics)
    images = coloured(MeanLeafBatch, model, colour).tensor(statistics)
    assert small.log_ratios(usual).abs().max() < 1e-5
    own = model.log_ratios(images)[0, 0] * model.backbone.log_std
    expected = torch.from_numpy(np.log(colour)).float()
    torch.testing.assert_close(own - own[0], expected - expected[0])
    # The backbone sees what it has always seen.
    assert torch.equal(model.backbone.tokens(images, ALL), small.backbone.tokens(usual, ALL))


def test_nothing_is_expected_of_patches_where_centring_is_out(small: FocusModel) -> None:
    for name, alike in (("whole", False), ("centring", True)):
        model = variant(name, small)
        before = model(images_of(name), ALL).logits
        model.expectation += 1
        after = model(images_of(name), ALL).logits
        assert torch.allclose(after, before, atol=1e-5) == alike


def test_batches_and_scenes_tell_their_leaf_alike(small: FocusModel) -> None:
    batch = make_batch(1, scenes=1)
    scene = MeanLeafScene(batch.images[0], batch.groups, 0, _truth(batch, 0))
    statistics = small.statistics(batch.groups)
    expected = with_own_leaf(batch.tensor(statistics), batch.images, statistics)
    assert torch.equal(MeanLeafBatch(**vars(batch)).tensor(statistics), expected)
    assert torch.equal(scene.tensor(small), expected)
    twice = scene.tensor(small, 2 * batch.images[0])
    torch.testing.assert_close(twice, expected)  # a leaf in brighter light is the same leaf


def test_free_gains_know_no_anchor(small: FocusModel) -> None:
    for name, alike in (("whole", False), ("anchors", True)):
        model = variant(name, small)
        before = model(images_of(name), ALL).evidence
        model.prompts.anchor += 1
        assert torch.equal(model(images_of(name), ALL).evidence, before) == alike
    start = build_without(PARTS["anchors"], small, EDGES, seed=0).prompts.off_anchor
    assert 0 < start.abs().max() < 0.5


def test_without_contrast_evidence_is_shown_as_it_is(small: FocusModel) -> None:
    window = Window(images_of("whole", scenes=1), ALL, EDGES, CLASSES)
    evidence = small(window.images, ALL).evidence
    plain = PARTS["contrast"].focus(small, "evidence").answers(window, [0, 2])
    usual = Focus(small, "evidence").answers(window, [0, 2])
    for place, label in enumerate((0, 2)):
        for answers, shown in ((plain, evidence), (usual, contrast(evidence))):
            values = shown[0, label].reshape(4, 4, GROUPS).numpy()
            np.testing.assert_array_equal(answers[place].volume.values, values)
        assert plain[place].on_sink == usual[place].on_sink


def _truth(batch: SampleBatch, scene: int) -> Truth:
    cells = batch.lesion[scene].reshape(4, 4, 4, 4).mean((1, 3)) >= 0.5
    return Truth(cells, batch.importance[scene].astype(np.float64))


def scenes_of(batch: SampleBatch) -> list[BenchmarkScene]:
    return [
        BenchmarkScene(batch.images[scene], batch.groups, int(label), _truth(batch, scene))
        for scene, label in enumerate(batch.labels)
    ]


@pytest.fixture
def trainer(small: FocusModel) -> VariantTrainer:
    """Two batchs, an epoch."""
    return VariantTrainer(
        BenchmarkSetup(small, EDGES, CLASSES), [make_batch(0), make_batch(1)], epochs=1
    )


@NAMES
def test_a_variant_learns_and_leaves_the_whole_alone(name: str, trainer: VariantTrainer) -> None:
    whole = trainer.setup.model
    before = {key: value.clone() for key, value in whole.state_dict().items()}
    start = build_without(PARTS[name], whole, EDGES, seed=2).prompts.state_dict()
    model = trainer.train(PARTS[name], 2, silent)
    assert all(torch.equal(value, before[key]) for key, value in whole.state_dict().items())
    assert model.backbone.vit is whole.backbone.vit
    assert torch.equal(model.mean, whole.mean)
    learned = model.prompts.state_dict()
    assert any((learned[key] != start[key]).any() for key in start if key != "anchor")
    assert not any(value.isnan().any() for value in learned.values())
    assert (learned["patch_sink"] == -torch.inf).all() == (name == "sink")
    figures = trainer.measure(PARTS[name], model, scenes_of(make_batch(3, scenes=3)), silent)
    assert tuple(figures) == METRICS
    assert np.isfinite(list(figures.values())).all()


def test_a_variant_is_measured_by_its_own_reading(trainer: VariantTrainer) -> None:
    model, scenes = trainer.setup.model, scenes_of(make_batch(3))
    whole = trainer.measure(PARTS["whole"], model, scenes, silent)
    plain = trainer.measure(PARTS["contrast"], model, scenes, silent)
    for name in ("accuracy", "sink_true", "sink_absent"):
        assert whole[name] == plain[name]
    assert whole["volume_ap"] != plain["volume_ap"]
    outputs = [model(scene.tensor(model), ALL) for scene in scenes]
    right = [int(o.logits.argmax()) == s.label for o, s in zip(outputs, scenes, strict=True)]
    assert whole["accuracy"] == pytest.approx(np.mean(right))
    own = [o.sink[0, s.label].item() for o, s in zip(outputs, scenes, strict=True)]
    assert whole["sink_true"] == pytest.approx(np.mean(own))
    every = np.mean([o.sink.mean().item() for o in outputs])
    assert (whole["sink_true"] + 2 * whole["sink_absent"]) / 3 == pytest.approx(every)


def test_work_can_be_stopped(trainer: VariantTrainer) -> None:
    def stop(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        trainer.train(PARTS["whole"], 0, stop)
    with pytest.raises(Cancelled):
        trainer.measure(PARTS["whole"], trainer.setup.model, scenes_of(make_batch(3)), stop)


def test_the_backbone_is_asked_for_its_own_decision(trainer: VariantTrainer) -> None:
    scenes = scenes_of(make_batch(3))
    model = trainer.setup.model
    right = [int(model.backbone.logits(s.tensor(model), ALL).argmax()) == s.label for s in scenes]
    assert trainer.backbone_accuracy(scenes) == pytest.approx(np.mean(right))
