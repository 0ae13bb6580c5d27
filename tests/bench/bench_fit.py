"""Teaching: painted leaves with known truth, and real cubes held out as a whole.

Run: python tests/bench/bench_fit.py painted|faithful|folder [options]

painted   rust against healthy from 3, 5, 10, 20 regions of each: new leaves, bands and places
faithful  cosine of a taught model's curve with brute-force Shapley values of its own head, by plan
folder    a data set on disk (docs/data-sets.md), whole cubes or groups held out

Leaves are painted from the measured spectra in $FOCUS_REAL_DATA/leaf_spectra, or from PROSPECT's.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from painted_leaves import ILL, PaintedLeaves

from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import DataSet, Example, Sample
from focus_viewer.core.datasets.example_spectra import ExampleSpectra
from focus_viewer.core.datasets.metrics import balanced_accuracy
from focus_viewer.core.progress import silent
from focus_viewer.core.saliency.request import ExplainRequest
from focus_viewer.core.saliency.volume import SaliencyVolume, importance_curve
from focus_viewer.core.typing import DoubleArray
from focus_viewer.core.validation.cross_validation import (
    cross_validate,
    membership,
    plan_folds,
    tally,
)
from focus_viewer.core.validation.shuffled_labels import validate_shuffled
from focus_viewer.explain.classical.spectral_classifier import TaughtSpectral, spectral_baselines
from focus_viewer.explain.inference.explainer import Explainer
from focus_viewer.explain.metrics.agreement import average_precision, top_iou
from focus_viewer.explain.metrics.coalitions import FrozenModel, cosine, over_others
from focus_viewer.explain.metrics.localisation import cell_map, pointing, spatial_iou
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.metrics.truth import Truth, truth_on_grid
from focus_viewer.explain.model.checkpoint import save_model
from focus_viewer.explain.teaching.games import window_of
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.teaching.teach import Prepared, prepare, teach
from focus_viewer.io.datasets import open_sample, read_data_set

COUNTS = (3, 5, 10, 20)
TESTED, EXPLAINED = 20, 8
PLANS = {
    "12 windows, 40 epochs": TeachingPlan(),
    "12 windows, 80 epochs": TeachingPlan(epochs=80),
    "12 windows, 160 epochs": TeachingPlan(epochs=160),
    "24 windows, 40 epochs": TeachingPlan(windows=24),
    "24 windows, 3 pairs, 80 epochs": TeachingPlan(windows=24, pairs=3, epochs=80),
    "6 windows, 12 pairs, 80 epochs": TeachingPlan(windows=6, pairs=12, epochs=80),
}


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", choices=("painted", "faithful", "folder"))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--harder", action="store_true")
    parser.add_argument("--group")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--plans", type=int, default=len(PLANS))
    chosen = parser.parse_args()
    {"painted": _painted, "faithful": _faithful, "folder": _folder}[chosen.table](chosen)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _spectra() -> Path | None:
    real = os.environ.get("FOCUS_REAL_DATA")
    folder = None if real is None else Path(real) / "leaf_spectra"
    return folder if folder and folder.is_dir() else None


# Painted leaves


def _painted(chosen: argparse.Namespace) -> None:
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for repeat in range(chosen.repeats):
        leaves = PaintedLeaves(_spectra(), chosen.harder)
        first = 1000 * repeat
        tested = leaves.leaves(range(first + 500, first + 500 + TESTED))
        for count in COUNTS:
            taught = leaves.leaves(range(first, first + count), most=1)
            for name, value in _of_painted(leaves, taught, tested):
                found[count, name].append(value)
        _print_painted(found, repeat + 1)


def _print_painted(found: dict[tuple[int, str], list[float]], repeats: int) -> None:
    names = list(dict.fromkeys(name for _, name in found))
    _say(f"\n{repeats} repeats: mean (sd)\n{'':34}" + "".join(f"{n:>15}" for n in COUNTS))
    for name in names:
        cells = [np.array(found[count, name]) for count in COUNTS]
        text = "".join(f"{np.nanmean(c):9.3f} ({np.nanstd(c):.2f})" for c in cells)
        _say(f"{name:34}{text}")


def _of_painted(
    leaves: PaintedLeaves, taught: DataSet, tested: DataSet
) -> Iterable[tuple[str, float]]:
    """Yield figures of one repeat at one number of regions, by name."""
    classes = taught.classes
    spectra = ExampleSpectra(leaves.open)
    started = time.perf_counter()
    prepared = prepare(taught, leaves.open, TeachingPlan(), silent)
    made = teach(prepared, "painted", "", silent)
    yield "seconds to teach", time.perf_counter() - started
    yield "accuracy, ViT", _score(made.taught.probabilities(tested.examples), tested, classes)
    own: dict[str, TaughtSpectral] = {}
    for baseline in spectral_baselines(spectra):
        own[baseline.name] = baseline.taught(taught.examples, classes, 0)
        shown = own[baseline.name].probabilities(tested.examples)
        yield f"accuracy, {baseline.name}", _score(shown, tested, classes)
    with TemporaryDirectory() as folder:
        save_model(Path(folder) / "painted", made.model, made.card, made.recipe)
        rows = [
            _located(leaves, sample, Path(folder) / "painted", prepared, own, spectra)
            for sample in tested.samples[:EXPLAINED]
        ]
    for name in rows[0]:
        yield name, float(np.nanmean([row[name] for row in rows]))


def _score(probabilities: DoubleArray, data: DataSet, classes: Sequence[str]) -> float:
    true = membership(data.examples, classes)
    table = tally(true, probabilities, np.zeros(len(true), dtype=np.intp), 1, False)[0]
    return float(balanced_accuracy(table))


def _located(
    leaves: PaintedLeaves,
    sample: Sample,
    model: Path,
    prepared: Prepared,
    own: dict[str, TaughtSpectral],
    spectra: ExampleSpectra,
) -> dict[str, float]:
    """Compare the evidence for rust on a new leaf, and rivals' bands, with the painting's truth."""
    scene = leaves.scene(sample)
    explained = Explainer().explain(
        ExplainRequest(0, leaves.open(sample), str(model), "cpu"), silent
    )
    volume = explained.volume(ILL, "evidence")
    nm = scene.sensor.wavelengths_nm
    edges = volume.edges_nm
    rows, cols = volume.values.shape[:2]
    truth = truth_on_grid(scene.lesion, scene.importance, nm, edges, (rows, cols), scene.importance)
    found = {
        **_bands("evidence", importance_curve(volume), truth),
        "places, pointing, evidence": pointing(volume, truth),
        "places, IoU, evidence": spatial_iou(volume, truth),
        "places, AP, evidence": average_precision(
            cell_map(volume).ravel(), truth.lesion_cells.ravel()
        ),
    }
    gradients = _integrated_gradients(prepared, sample, volume)
    if gradients is not None:
        found |= _bands("integrated gradients", importance_curve(gradients), truth)
        found["places, pointing, gradients"] = pointing(gradients, truth)
        cells = cell_map(gradients).ravel()
        found["places, AP, gradients"] = average_precision(cells, truth.lesion_cells.ravel())
    for name in ("lda", "random-forest"):
        curve = _spectral_curve(name, own[name], sample, spectra)
        inside = (nm >= edges[:, :1]) & (nm < edges[:, 1:])
        grouped = (inside @ curve) / np.maximum(inside.sum(axis=1), 1)
        found |= _bands(name, grouped, truth)
    return found


def _bands(name: str, curve: DoubleArray, truth: Truth) -> dict[str, float]:
    return {
        f"bands, IoU, {name}": top_iou(curve, truth.true_groups),
        f"bands, AP, {name}": average_precision(np.asarray(curve), truth.true_groups),
    }


def _spectral_curve(
    name: str, taught: TaughtSpectral, sample: Sample, spectra: ExampleSpectra
) -> DoubleArray:
    """Return what each band adds to a leaf's rust against its healthy squares, or a forest's own.

    LDA: weight times difference of the standardised mean spectra; forest: its importances.
    """
    if name == "random-forest":
        return np.asarray(taught.fitted[0]._estimator.feature_importances_)  # type: ignore[attr-defined]
    table = taught.scale.apply(spectra.table(sample.examples, taught.axis_nm))
    ill = np.array([ILL in example.classes for example in sample.examples])
    weights = taught.fitted[0]._weights  # type: ignore[attr-defined]
    difference = table[ill].mean(axis=0) - table[~ill].mean(axis=0)
    return np.asarray((weights[:, 1] - weights[:, 0]) * difference)


def _integrated_gradients(
    prepared: Prepared, sample: Sample, like: SaliencyVolume
) -> SaliencyVolume | None:
    """Explain a leaf of one window by integrated gradients; None without the library."""
    try:
        import captum  # noqa: F401
    except ImportError:
        return None
    from focus_viewer.explain.baselines.integrated_gradients import IntegratedGradients
    from focus_viewer.explain.baselines.method import Question, explain

    images = prepared.reader.images(sample, silent)
    tiles = images.tiles(images.layout.origins[:1])
    groups = torch.from_numpy(images.grouping.groups)
    target = prepared.data_set.classes.index(ILL)
    asked = Question(tiles, groups, target, like.edges_nm, ILL)
    return explain(IntegratedGradients(), prepared.model.backbone, asked).volume


# Faithfulness


def _faithful(chosen: argparse.Namespace) -> None:
    leaves = PaintedLeaves(_spectra(), chosen.harder)
    if chosen.folder is not None:
        data = read_data_set(chosen.folder)
        data = data.only(n for n, count in data.counts.items() if count.regions > 1)
        fold = plan_folds(data, chosen.folds, chosen.group).splits[0].folds[0]
        taught, tested, opener = fold.train, fold.held_out, open_sample
    else:
        taught = leaves.leaves(range(10), most=1).examples
        tested = leaves.leaves(range(500, 506), most=1).examples
        opener = leaves.open
    own: dict[str, tuple[DoubleArray, float]] = {}
    _say(f"{'plan':34} {'curve':>7} {'sd':>5} {'own':>6} {'seconds':>8}")
    for name, plan in list(PLANS.items())[: chosen.plans]:
        started = time.perf_counter()
        prepared = prepare(_of(taught), opener, plan, silent)
        read = time.perf_counter()
        teach(prepared, "faithful", "", silent)
        took = time.perf_counter() - read
        cosines, halves = _cosines(prepared, tested[:6], chosen.evaluations, own)
        _say(
            f"{name:34} {np.mean(cosines):7.3f} {np.std(cosines):5.2f} {np.mean(halves):6.3f} "
            f"{took:8.1f}  (read in {read - started:.1f})"
        )


def _of(examples: Sequence[Example]) -> DataSet:
    own: dict[str, list[Example]] = {}
    for example in examples:
        own.setdefault(example.sample.fingerprint, []).append(example)
    samples = [
        replace(kept[0].sample, regions=tuple(e.region for e in kept if e.region is not None))
        for kept in own.values()
    ]
    return DataSet(tuple(samples), "taught")


@torch.inference_mode()
def _cosines(
    prepared: Prepared,
    tested: Sequence[Example],
    evaluations: int,
    own: dict[str, tuple[DoubleArray, float]],
) -> tuple[list[float], list[float]]:
    """Return cosines of the curve with brute force on new windows, and those of its two halves.

    The head does not depend on the plan: brute force is kept for all plans.
    """
    model, classes = prepared.model, prepared.data_set.classes
    cosines = []
    for example in tested:
        images = prepared.reader.images(example.sample, silent)
        batch, tissue, asked = window_of(model, images, example, 0)
        groups = torch.from_numpy(batch.groups)
        windows = batch.tensor(model.statistics(batch.groups), tissue)
        patch = model.backbone.patch_px
        cells = torch.nn.functional.avg_pool2d(torch.from_numpy(asked).float()[:, None], patch)
        pool = model.pooled_patches(cells.flatten(1) > 0.5)
        target = classes.index(example.classes[0])
        if example.digest not in own:
            frozen = FrozenModel(model.backbone, windows, groups, pool)
            rng = np.random.default_rng(0)
            found = shapley_values(frozen.by_groups, len(groups), evaluations, rng)
            halves = cosine(found.first[:, target], found.second[:, target])
            own[example.digest] = found.values[:, target], halves
        evidence = model(windows, groups, pool).evidence[0].sum(1).double().numpy()
        curve = over_others(evidence.T)[:, target]
        cosines.append(cosine(curve, own[example.digest][0]))
    return cosines, [own[example.digest][1] for example in tested]


# Data sets on disk


def _folder(chosen: argparse.Namespace) -> None:
    data = read_data_set(chosen.folder)
    for note in data.notes:
        _say(note)
    data = data.only(n for n, count in data.counts.items() if max(count.cubes, count.regions) > 1)
    plan = plan_folds(data, chosen.folds, chosen.group, repeats=chosen.repeats)
    counts = {n: (c.cubes, c.regions, c.pixels) for n, c in data.counts.items()}
    _say(f"{counts}\n{len(plan.units)} units by {plan.by}, {chosen.repeats} repeats")
    spectra = ExampleSpectra(open_sample)
    ready = prepare(data, open_sample, TeachingPlan(group=chosen.group), silent)
    rivals: list[Classifier] = [ready.classifier, *spectral_baselines(spectra, plan.several)]
    for classifier in rivals:
        started = time.perf_counter()
        outcome = cross_validate(classifier, plan)
        score, f1 = outcome.balanced_accuracy, outcome.macro_f1
        took = time.perf_counter() - started
        _say(
            f"{classifier.name:20} {score.mean:.3f} ({score.low:.2f} to {score.high:.2f}) "
            f"F1 {f1.mean:.3f} {took:.1f} s"
        )
        if classifier is ready.classifier:
            control = validate_shuffled(classifier, plan, 3, choices=outcome)
            _say(f"{'  shuffled labels':20} {control.mean:.3f}")


if __name__ == "__main__":
    main()
