"""Backbones for teaching, side by side: on Indian Pines, painted leaves, and what a curve is worth.

Run: pip install tensorly
PYTHONPATH=tests python tests/bench/bench_backbones.py [NAME|DIR ...] [--parts fields pixels ...]
Fields: Indian Pines, as in bench_fields.py. Pixels: the same single pixels with whole fields held
out, and at random. Leaves: simulated leaves with lesions, whole leaves held out. Curves: cosine of
a taught model's curve with brute-force Shapley values. Time: of reading a cube.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from bench_fields import FOLDS, _field_folds, _fields, _of_tensorly, _pixel_folds
from numpy.typing import NDArray
from teaching_cases import AXIS_NM, Cubes, cube_with, squares

from focus_viewer.core.cubes.cube import ArraySource, Cube
from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import DataSet, LabelledRegion, Sample
from focus_viewer.core.datasets.example_spectra import ExampleSpectra
from focus_viewer.core.datasets.metrics import balanced_accuracy, confusion_matrix
from focus_viewer.core.progress import silent
from focus_viewer.core.regions.connectivity import components
from focus_viewer.core.regions.shapes import mask_shape
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.core.validation.cross_validation import Plan, cross_validate, plan_folds
from focus_viewer.explain.classical.estimators import Fit
from focus_viewer.explain.classical.spectral_classifier import BASELINES, spectral_baselines
from focus_viewer.explain.metrics.coalitions import FrozenModel, cosine, over_others
from focus_viewer.explain.metrics.shapley import shapley_values
from focus_viewer.explain.model.focus_model import FocusModel
from focus_viewer.explain.teaching.features import read_patches
from focus_viewer.explain.teaching.games import window_of
from focus_viewer.explain.teaching.head import fits, lessons_of
from focus_viewer.explain.teaching.plan import TeachingPlan
from focus_viewer.explain.teaching.teach import Prepared, prepare, teach
from focus_viewer.explain.training.stages import standardised
from focus_viewer.io.datasets import open_sample
from focus_viewer.simulate.materials import draw_background
from focus_viewer.simulate.painter import Palette, paint_pair
from focus_viewer.simulate.sensors import FULL, VNIR, Sensor
from focus_viewer.simulate.tissue import draw_healthy, reflectance

PARTS = ("fields", "pixels", "leaves", "curves", "time")
ILL = ("chlorosis", "water stress", "bacterial spot", "anthocyanin")
EVALUATIONS = 1500


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backbones", nargs="*", default=["focus-leaf", "focus-spectra"])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--leaves", type=int, default=6)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as folder:
        path = _of_tensorly(Path(folder)) if {"fields", "pixels"} & {*chosen.parts} else Path()
        for part in chosen.parts:
            if part in ("fields", "pixels"):
                plan = plan_folds(_fields(path), FOLDS, repeats=chosen.repeats)
                (_print_fields if part == "fields" else _print_pixels)(plan, chosen.backbones)
            elif part == "leaves":
                _print_leaves(chosen)
            elif part == "curves":
                _print_curves(chosen.backbones)
            else:
                _print_times(chosen.backbones)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _print_fields(plan: Plan, backbones: Sequence[str]) -> None:
    _say(
        f"Indian Pines: {len(plan.classes)} classes, {len(plan.units)} fields, {plan.by}s held out"
    )
    for name in backbones:
        prepared = prepare(plan.data_set, open_sample, TeachingPlan(), silent, name)
        _print_repeats(Path(name).name, prepared.classifier, plan)
    for classifier in spectral_baselines(ExampleSpectra(open_sample)):
        _print_repeats(classifier.name, classifier, plan)


def _print_repeats(name: str, classifier: Classifier, plan: Plan) -> None:
    """Print the mean over repeats and their spread."""
    scores = [
        cross_validate(classifier, replace(plan, splits=(split,))).balanced_accuracy.mean
        for split in plan.splits
    ]
    _say(f"  {name:16} {_text(np.array(scores))}")


def _text(scores: DoubleArray) -> str:
    return f"{scores.mean():.3f} ({scores.std():.3f})"


def _print_pixels(plan: Plan, backbones: Sequence[str]) -> None:
    _say("single pixels, whole fields held out, and at random")
    prepared = [prepare(plan.data_set, open_sample, TeachingPlan(), silent, b) for b in backbones]
    kept = [_kept_pixels(plan, repeat) for repeat in range(len(plan.splits))]
    spectra = open_sample(plan.data_set.samples[0]).block(slice(None), slice(None))
    for name, ready in zip(backbones, prepared, strict=True):
        _print_splits(Path(name).name, plan, _patch_map(ready), kept, partial(_vit_guesses, ready))
    for name, estimator in BASELINES.items():
        _print_splits(name, plan, spectra, kept, partial(_baseline_guesses, estimator))


Pixels = tuple[IntArray, IntArray, IntArray, IntArray]
Guess = Callable[[DoubleArray, IntArray, IntArray, BoolArray, int], IntArray]


def _print_splits(
    name: str, plan: Plan, image: NDArray[Any], kept: Sequence[Pixels], guess: Guess
) -> None:
    columns = []
    for folds in (_field_folds, _pixel_folds):
        scores = []
        for repeat, (rows, cols, classes, fields) in enumerate(kept):
            table = np.zeros((len(plan.classes),) * 2)
            values = image[rows, cols].astype(np.float64)
            for out in folds(plan, repeat, fields):
                units = fields if folds is _field_folds else np.arange(len(fields))
                guessed = guess(values, classes, units, out, repeat)
                table += confusion_matrix(classes[out], guessed, len(plan.classes))
            scores.append(float(balanced_accuracy(table)))
        columns.append(_text(np.array(scores)))
    _say(f"  {name:16} {columns[0]:>18} {columns[1]:>18}")


def _kept_pixels(plan: Plan, repeat: int) -> Pixels:
    """Return rows, columns, classes and fields of 40 pixels of each field."""
    random, found = np.random.default_rng(repeat), []
    for example in plan.data_set.examples:
        crop = example.crop
        assert crop is not None
        places = np.argwhere(crop.inside) + np.array([crop.rows.start, crop.cols.start])
        chosen = places[random.permutation(len(places))[:40]]
        label, field = plan.classes.index(example.classes[0]), plan.unit_of[example]
        found += [(row, col, label, field) for row, col in chosen]
    rows, cols, classes, fields = np.array(found).T
    return rows, cols, classes, fields


def _baseline_guesses(
    fit: Fit, values: DoubleArray, classes: IntArray, units: IntArray, out: BoolArray, seed: int
) -> IntArray:
    mean, spread = values[~out].mean(axis=0), values[~out].std(axis=0)
    scaled = (values - mean) / np.where(spread > 0, spread, 1)
    fitted = fit(scaled[~out], classes[~out], units[~out], seed)
    return np.asarray(fitted.probabilities(scaled[out]).argmax(axis=1))


def _vit_guesses(
    ready: Prepared,
    values: DoubleArray,
    classes: IntArray,
    units: IntArray,
    out: BoolArray,
    seed: int,
) -> IntArray:
    """Teach a head of the usual strength on single patches."""
    labels = np.eye(int(classes.max()) + 1, dtype=np.bool_)[classes[~out]]
    own, frozen = [row[None].astype(np.float32) for row in values[~out]], ready.classifier.frozen
    lessons = lessons_of(own, labels, "avg", frozen, several=False)
    weight, bias = next(fits(lessons, np.arange(len(own)), [1.0]))
    found = frozen.norm(torch.from_numpy(values[out])) @ weight.T + bias
    return np.asarray(found.argmax(1).numpy())


def _patch_map(ready: Prepared) -> DoubleArray:
    """Return the patch vector of each pixel of the scene, (rows, cols, dim)."""
    sample = ready.data_set.samples[0]
    images = ready.reader.images(sample, silent)
    with torch.inference_mode():
        cells = read_patches(ready.model, images, torch.ones_like(images.shown), silent).numpy()
    patch, (rows, cols) = images.layout.patch_px, sample.image_shape
    top, left = (
        (side * patch - px) // 2 for side, px in zip(cells.shape, (rows, cols), strict=False)
    )
    whole = cells.repeat(patch, axis=0).repeat(patch, axis=1)
    return whole[top : top + rows, left : left + cols]


def _print_leaves(chosen: argparse.Namespace) -> None:
    for sensor in (FULL, VNIR):
        cubes = Cubes()
        data = _painted(cubes, sensor, chosen.leaves)
        plan = plan_folds(data, FOLDS, repeats=chosen.repeats)
        _say(f"leaves, {sensor.name}: {len(data.examples)} regions, {plan.by}s held out")
        for name in chosen.backbones:
            ready = prepare(data, cubes.open, TeachingPlan(), silent, name)
            _print_repeats(Path(name).name, ready.classifier, plan)
        for classifier in spectral_baselines(ExampleSpectra(cubes.open)):
            _print_repeats(classifier.name, classifier, plan)


def _painted(cubes: Cubes, sensor: Sensor, leaves: int) -> DataSet:
    """Paint ill leaves: of each a lesion is an example, and some tissue that is well."""
    rng = np.random.default_rng(17)
    palette = Palette(
        reflectance([draw_healthy(rng) for _ in range(60)]),
        None,
        np.stack([draw_background(rng) for _ in range(10)]),
    )
    samples: list[Sample] = []
    for number in range(leaves * len(ILL)):
        name = ILL[number % len(ILL)]
        scene = paint_pair(number, palette, name, sensor, harder=True).ill
        cube = _cube_of(scene.reflectance, sensor)
        sick = mask_shape(max(components(scene.lesion), key=lambda crop: crop.inside.sum()))
        well = scene.leaf & ~scene.lesion & ~scene.distractor
        rows, cols = np.nonzero(well)
        own = np.zeros_like(well)
        middle = len(rows) // 2
        near = np.argsort((rows - rows[middle]) ** 2 + (cols - cols[middle]) ** 2)[:150]
        own[rows[near], cols[near]] = True
        healthy = mask_shape(max(components(own), key=lambda crop: crop.inside.sum()))
        assert sick is not None
        assert healthy is not None
        regions = (
            LabelledRegion(sick, (name,), "lesion"),
            LabelledRegion(healthy, ("healthy",), "well"),
        )
        samples.append(cubes.sample(f"{sensor.name} {number}", cube, regions=regions))
    return DataSet(tuple(samples), name="leaves")


def _cube_of(values: np.ndarray, sensor: Sensor) -> Cube:
    good = np.ones(sensor.bands, dtype=np.bool_)
    source = ArraySource(np.ascontiguousarray(values, dtype=np.float32))
    cube = Cube(source, sensor.name, good, wavelengths_nm=sensor.wavelengths_nm)
    return replace(cube, units="reflectance")


def _print_curves(backbones: Sequence[str]) -> None:
    _say("cosine of a taught model's curve with Shapley values, windows of held-out cubes")
    for title, build in (("dips", _dip_cubes), ("leaves", _leaf_cubes)):
        for name in backbones:
            found, halves = _cosines(name, *build())
            _say(
                f"  {title:8} {Path(name).name:16} mean {np.mean(found):.3f}, median "
                f"{np.median(found):.3f}, lowest {np.min(found):.3f} of {len(found)}; "
                f"Shapley halves {np.mean(halves):.3f}"
            )


def _dip_cubes() -> tuple[Cubes, DataSet, DataSet]:
    cubes, classes = Cubes(), ("rust", "healthy") * 3
    taught, tried = (
        DataSet(tuple(
            cubes.sample(f"{seed}", cube_with(classes, seed, AXIS_NM), regions=squares(classes))
            for seed in seeds
        ))
        for seeds in ((0, 1), (7,))
    )  # fmt: skip
    return cubes, taught, tried


def _leaf_cubes() -> tuple[Cubes, DataSet, DataSet]:
    cubes = Cubes()
    data = _painted(cubes, FULL, 4)
    return cubes, DataSet(data.samples[:12]), DataSet(data.samples[12:])


def _cosines(
    backbone: str, cubes: Cubes, taught: DataSet, tried: DataSet
) -> tuple[list[float], list[float]]:
    plan = TeachingPlan()
    made = teach(prepare(taught, cubes.open, plan, silent, backbone), "bench", "", silent)
    ready = prepare(tried, cubes.open, plan, silent, backbone)  # its reader alone is used
    reader = replace(ready.reader, model=made.model)
    found, halves = [], []
    for sample in tried.samples:
        images = reader.images(sample, silent)
        for example in sample.examples:
            own, steady = _agreement(made.model, *window_of(made.model, images, example, 0))
            found.append(own)
            halves.append(steady)
    return found, halves


@torch.inference_mode()
def _agreement(
    model: FocusModel, batch: object, tissue: BoolArray, asked: BoolArray
) -> tuple[float, float]:
    """Return the cosine of curves for the decided class, and that of the truth's two halves."""
    pixels, groups = standardised(model, batch, tissue)  # type: ignore[arg-type]
    patch = model.backbone.patch_px
    shown = torch.from_numpy(
        asked.reshape(1, asked.shape[1] // patch, patch, -1, patch).any((2, 4)).reshape(1, -1)
    )
    output = model(pixels, groups, shown)
    curves = over_others(output.evidence.sum(2)[0].double().mT.numpy()).T
    decided = int(output.logits.argmax())
    frozen = FrozenModel(model.backbone, pixels, groups, model.pooled_patches(shown))
    truth = shapley_values(frozen.by_groups, len(groups), EVALUATIONS, np.random.default_rng(0))
    halves = cosine(truth.first[:, decided], truth.second[:, decided])
    return cosine(curves[decided], truth.values[:, decided]), halves


def _print_times(backbones: Sequence[str]) -> None:
    rng = np.random.default_rng(0)
    cubes = Cubes()
    values = cube_with(("rust", "healthy"), 0, np.linspace(400, 2490, 204)).block(
        slice(None), slice(None)
    )
    tiled = np.tile(values, (10, 8, 1))[:256, :256] * rng.uniform(0.99, 1.01, (256, 256, 1))
    nm = np.linspace(400, 2490, 204)
    cube = replace(cube_with(("rust",)), source=ArraySource(tiled.astype(np.float32)),
                   wavelengths_nm=nm, good_bands=np.ones(204, dtype=np.bool_))  # fmt: skip
    region = squares(("rust", "healthy", "rust", "healthy"))
    data = DataSet((cubes.sample("wide", cube, regions=region),))
    took = {}
    for name in backbones:
        ready = prepare(data, cubes.open, TeachingPlan(), silent, name)
        images = ready.reader.images(data.samples[0], silent)
        with torch.inference_mode():
            start = time.perf_counter()
            read_patches(ready.model, images, torch.ones_like(images.shown), silent)
        took[name] = time.perf_counter() - start
        size = sum(p.numel() for p in ready.model.backbone.parameters())
        share = took[name] / took[backbones[0]]
        _say(
            f"  {Path(name).name:16} {took[name]:.2f} s, {share:.2f} of the first; {size:,} numbers"
        )


if __name__ == "__main__":
    main()
