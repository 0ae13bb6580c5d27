"""Teaching: painted leaves with known truth, and real cubes held out as a whole.

Run: python tests/bench/bench_fit.py painted|faithful|folder [options]

painted   rust against healthy from 3, 5, 10, 20 regions of each: new leaves, bands and places
faithful  cosine of a taught model's curve with brute-force Shapley values of its own head, by seed
folder    a data set on disk (docs/data-sets.md), whole cubes or groups held out
wheat     kernels of $FOCUS_REAL_DATA/envi_plant/wheat_grains, a cube each
traits    the backbone's water and dry matter against measured ones ($FOCUS_REAL_DATA/leaf_spectra)

Leaves are painted from the measured spectra in $FOCUS_REAL_DATA/leaf_spectra, or from PROSPECT's.
"""

from __future__ import annotations

import argparse
import csv
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

from focus_viewer.core.cubes.cube import ArraySource, Cube
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
from focus_viewer.explain.inference.group_images import read_group_images
from focus_viewer.explain.metrics.agreement import (
    average_precision,
    correlation,
    spearman,
    top_iou,
)
from focus_viewer.explain.metrics.coalitions import FrozenModel, cosine, over_others
from focus_viewer.explain.metrics.localisation import cell_map, pointing, spatial_iou
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.metrics.truth import Truth, truth_on_grid
from focus_viewer.explain.model.checkpoint import load_model, save_model
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.model.traits import TRAIT_SCALES, TRAITS
from focus_viewer.explain.teaching.features import read_patches
from focus_viewer.explain.teaching.games import window_of
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.teaching.teach import Prepared, prepare, teach
from focus_viewer.io.datasets import open_sample, read_data_set

COUNTS = (3, 5, 10, 20)
EVIDENCE_COUNTS = (3, 10)
TESTED, EXPLAINED = 12, 4
TRIED = 6


def main() -> None:
    """Print the table that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", choices=tuple(_TABLES))
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--evidence", action="store_true", help="bands and places, not accuracy")
    parser.add_argument("--harder", action="store_true")
    parser.add_argument("--lesions", action="store_true", help="spots of PROSPECT's, not measured")
    parser.add_argument("--group")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=1000)
    chosen = parser.parse_args()
    _TABLES[chosen.table](chosen)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _spectra() -> Path | None:
    real = os.environ.get("FOCUS_REAL_DATA")
    folder = None if real is None else Path(real) / "leaf_spectra"
    return folder if folder and folder.is_dir() else None


# Painted leaves


def _painted(chosen: argparse.Namespace) -> None:
    counts = EVIDENCE_COUNTS if chosen.evidence else COUNTS
    measure = _of_evidence if chosen.evidence else _of_accuracy
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for repeat in range(chosen.repeats):
        leaves = PaintedLeaves(_spectra(), chosen.harder, chosen.lesions)
        first = 1000 * repeat
        tested = leaves.leaves(range(first + 500, first + 500 + TESTED))
        for count in counts:
            taught = leaves.leaves(range(first, first + count), most=1)
            for name, value in measure(leaves, taught, tested):
                found[count, name].append(value)
        _print_painted(found, counts, repeat + 1)


def _print_painted(
    found: dict[tuple[int, str], list[float]], counts: Sequence[int], repeats: int
) -> None:
    names = list(dict.fromkeys(name for _, name in found))
    _say(f"\n{repeats} repeats: mean (sd)\n{'':34}" + "".join(f"{n:>15}" for n in counts))
    for name in names:
        cells = [np.array(found[count, name]) for count in counts]
        text = "".join(f"{np.nanmean(c):9.3f} ({np.nanstd(c):.2f})" for c in cells)
        _say(f"{name:34}{text}")


def _of_accuracy(
    leaves: PaintedLeaves, taught: DataSet, tested: DataSet
) -> Iterable[tuple[str, float]]:
    """Yield the balanced accuracy on regions of new leaves, by classifier."""
    spectra = ExampleSpectra(leaves.open)
    prepared = prepare(taught, leaves.open, TeachingPlan(), silent)
    for classifier in (prepared.classifier, *spectral_baselines(spectra)):
        own = classifier.taught(taught.examples, taught.classes, 0)
        shown = own.probabilities(tested.examples)
        yield f"accuracy, {classifier.name}", _score(shown, tested, taught.classes)


def _of_evidence(
    leaves: PaintedLeaves, taught: DataSet, tested: DataSet
) -> Iterable[tuple[str, float]]:
    """Yield how well evidence for rust, and rivals, agree with the truth of new leaves."""
    spectra = ExampleSpectra(leaves.open)
    started = time.process_time()
    prepared = prepare(taught, leaves.open, TeachingPlan(), silent)
    made = teach(prepared, "painted", "", silent)
    yield "CPU seconds to teach", time.process_time() - started
    own = {
        baseline.name: baseline.taught(taught.examples, taught.classes, 0)
        for baseline in spectral_baselines(spectra)
    }
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
    own: dict[tuple[str, bytes], tuple[DoubleArray, float]] = {}
    _say(f"{'':34} {'curve':>7} {'sd':>5} {'own':>6} {'CPU s':>8}")
    with TemporaryDirectory() as cache:
        for seed in range(chosen.repeats):
            plan = TeachingPlan(seed=seed)
            prepared = prepare(_of(taught), opener, plan, silent, cache=Path(cache))
            started = time.process_time()
            teach(prepared, "faithful", "", silent)
            took = time.process_time() - started
            cosines, halves = _cosines(prepared, tested[:TRIED], chosen.evaluations, own)
            _say(
                f"seed {seed:<29} {np.mean(cosines):7.3f} {np.std(cosines):5.2f} "
                f"{np.mean(halves):6.3f} {took:8.1f}"
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
    own: dict[tuple[str, bytes], tuple[DoubleArray, float]],
) -> tuple[list[float], list[float]]:
    """Return cosines of the curve with brute force on new windows, and those of its two halves.

    Brute force is kept for seeds that give the same head.
    """
    head = prepared.model.backbone.vit.head.weight.numpy().tobytes()
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
        key = example.digest, head
        if key not in own:
            frozen = FrozenModel(model.backbone, windows, groups, pool)
            rng = np.random.default_rng(0)
            found = shapley_values(frozen.by_groups, len(groups), evaluations, rng)
            halves = cosine(found.first[:, target], found.second[:, target])
            own[key] = found.values[:, target], halves
        evidence = model(windows, groups, pool).evidence[0].sum(1).double().numpy()
        curve = over_others(evidence.T)[:, target]
        cosines.append(cosine(curve, own[key][0]))
    return cosines, [own[example.digest, head][1] for example in tested]


# Data sets on disk


def _folder(chosen: argparse.Namespace) -> None:
    _held_out(read_data_set(chosen.folder), chosen)


def _wheat(chosen: argparse.Namespace) -> None:
    """Six kernels by what the list of faults beside them says, and by variety.

    Every twentieth of 216 bands of a HySpex VNIR camera was kept, and no wavelengths: they are
    taken as evenly spaced from 400 to 1000 nm.
    """
    source = _real("envi_plant/wheat_grains")
    faulty = {("var1", "28"), ("var4", "53")}
    nm = np.linspace(400, 1000, 216)[::20][:10]
    for question in ("fault", "variety"):
        with TemporaryDirectory() as folder:
            rows = ["path,class"]
            for path in sorted(source.glob("*.hdr")):
                variety, kernel = path.stem[:4], path.stem.rpartition("grain")[2]
                sound = "faulty" if (variety, kernel) in faulty else "sound"
                rows.append(f"{path.name},{sound if question == 'fault' else variety}")
                for suffix in (".hdr", ".img"):
                    (Path(folder) / f"{path.stem}{suffix}").symlink_to(path.with_suffix(suffix))
            (Path(folder) / "kernels.csv").write_text("\n".join(rows))
            (Path(folder) / "wavelengths.txt").write_text("\n".join(f"{v:.1f}" for v in nm))
            _say(f"\n{question}")
            _held_out(read_data_set(folder), chosen)


def _real(name: str) -> Path:
    root = os.environ.get("FOCUS_REAL_DATA")
    if root is None or not (Path(root) / name).exists():
        sys.exit(f"Set FOCUS_REAL_DATA to the folder that holds {name}.")
    return Path(root) / name


def _held_out(data: DataSet, chosen: argparse.Namespace) -> None:
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


# Traits of the backbone


def _traits(chosen: argparse.Namespace) -> None:
    """Compare trait outputs with what was measured of the leaves.

    The model standardises an image by its own typical spectrum: a flat cube of one leaf is a usual
    leaf, whatever the leaf. So the leaves are squares of one image, beside one another.
    """
    path = _real("leaf_spectra") / "ely_plsr_data.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name.startswith("Wave_")]
    nm = np.array([float(name.removeprefix("Wave_")) for name in columns])
    spectra = np.array([[float(row[name]) for name in columns] for row in rows]) / 100
    card, model = load_model("focus-leaf")
    alone = [_traits_of(model, card.edges_nm, each[None], nm)[0] for each in spectra[:20]]
    _say(f"flat cubes of one leaf: spread of the traits {np.ptp(alone, axis=0).max():.1e}")
    shown = _traits_of(model, card.edges_nm, spectra, nm)
    crops = np.array([row["Species_Code"] for row in rows])
    _say(f"{len(rows)} leaves, {len(set(crops))} species")
    _say(f"{'trait':14} {'measured':12} {'Pearson':>8} {'rank':>7} {'within species':>15}")
    for trait, name, scale in (
        ("water", "H20_g_m2", 1e-4),
        ("dry matter", "LMA_g_m2", 1e-4),
        ("water", "LMA_g_m2", 1e-4),
        ("dry matter", "H20_g_m2", 1e-4),
    ):
        place = TRAITS.index(trait)
        middle, spread = TRAIT_SCALES[place]
        measured = np.array([float(row[name]) for row in rows]) * scale  # g/cm2
        own = middle + spread * shown[:, place]
        kept = np.isfinite(measured)
        within = [np.where(crops == each)[0] for each in set(crops)]
        ranks = [spearman(own[i], measured[i]) for i in within if len(i) > 4]
        _say(
            f"{trait:14} {name:12} {correlation(own[kept], measured[kept]):8.2f} "
            f"{spearman(own[kept], measured[kept]):7.2f} {np.mean(ranks):15.2f}   "
            f"mean {own.mean():.4f} measured {np.nanmean(measured):.4f} g/cm2"
        )


@torch.inference_mode()
def _traits_of(
    model: FocusModel, edges_nm: DoubleArray, spectra: DoubleArray, nm: DoubleArray
) -> DoubleArray:
    """Return standardised traits, (leaves, traits), of leaves that are squares of one image."""
    side, square = int(np.ceil(np.sqrt(len(spectra)))), 16
    places = np.arange(side * side) % len(spectra)
    values = spectra[places].reshape(side, side, -1).astype(np.float32)
    values = values.repeat(square, axis=0).repeat(square, axis=1)
    good = np.ones(nm.size, dtype=np.bool_)
    cube = Cube(ArraySource(values), "leaves", good, wavelengths_nm=nm, units="reflectance")
    images = read_group_images(cube, model, edges_nm)
    patches = read_patches(model, images, torch.ones_like(images.shown), silent)
    found = model.traits(model.backbone.vit.fc_norm(patches)).double().numpy()
    cells = square // model.backbone.patch_px
    inner = found.reshape(side, cells, side, cells, -1)[:, 1:-1, :, 1:-1].mean(axis=(1, 3))
    return np.asarray(inner.reshape(side * side, -1)[: len(spectra)])


_TABLES = {
    "painted": _painted,
    "faithful": _faithful,
    "folder": _folder,
    "wheat": _wheat,
    "traits": _traits,
}


if __name__ == "__main__":
    main()
