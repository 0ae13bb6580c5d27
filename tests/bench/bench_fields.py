"""Indian Pines: whole fields held out, and random pixels beside it to show what they hide.

Run: pip install tensorly; python tests/bench/bench_fields.py [FILE] [--repeats 5] [--vit]
FILE is a scene with ground truth as docs/data-sets.md describes it; else tensorly's is taken.
Classes with two fields or more. The same pixels, estimators and seeds in both pixel columns: only
the split differs. A split by pixel exists here alone, for this demonstration.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from focus_viewer.core.datasets.classifier import Classifier
from focus_viewer.core.datasets.data_set import DataSet, Example
from focus_viewer.core.datasets.example_spectra import ExampleSpectra
from focus_viewer.core.datasets.metrics import balanced_accuracy, confusion_matrix
from focus_viewer.core.progress import silent
from focus_viewer.core.typing import BoolArray, DoubleArray, IntArray
from focus_viewer.core.validation.cross_validation import Plan, cross_validate, plan_folds
from focus_viewer.core.validation.shuffled_labels import validate_shuffled
from focus_viewer.explain.classical.estimators import Fit
from focus_viewer.explain.classical.spectral_classifier import BASELINES, spectral_baselines
from focus_viewer.io.datasets import open_sample, read_data_set

PIXELS_A_FIELD = 40
FOLDS = 5


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--vit", action="store_true", help="the taught ViT as well")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        _measure(chosen.file or _of_tensorly(Path(folder)), chosen)


def _measure(path: Path, chosen: argparse.Namespace) -> None:
    data_set = _fields(path)
    plan = plan_folds(data_set, FOLDS, repeats=chosen.repeats)
    _say(f"{data_set.name}: {len(plan.classes)} classes, {len(plan.units)} fields, {plan.by}s")
    _say(f"held out, {FOLDS} folds, {chosen.repeats} repeats. Balanced accuracy.\n")
    _print_fields(plan, chosen.vit)
    _print_pixels(plan)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _fields(path: Path) -> DataSet:
    data_set = read_data_set(path)
    return data_set.only(n for n, count in data_set.counts.items() if count.regions > 1)


def _of_tensorly(folder: Path) -> Path:
    """Return tensorly's scene in a folder where it has its nominal wavelengths.

    The 220 bands of AVIRIS are taken as evenly spaced; those of atmospheric water are left out.
    """
    spec = find_spec("tensorly")
    if spec is None or spec.origin is None:
        sys.exit("Install tensorly, or name a scene with ground truth.")
    source = Path(spec.origin).parent / "datasets" / "data"
    for name in ("Indian_pines_corrected.npy", "Indian_pines_gt.npy"):
        (folder / name).symlink_to(source / name)
    bands = np.setdiff1d(np.arange(1, 221), [*range(104, 109), *range(150, 164), 220])
    nm = np.linspace(400, 2500, 220)[bands - 1]
    (folder / "wavelengths.txt").write_text("\n".join(f"{value:.1f}" for value in nm))
    return folder / "Indian_pines_corrected.npy"


def _print_fields(plan: Plan, with_vit: bool) -> None:
    _say(f"{'fields, by their mean spectra':34} {'mean':>6} {'95 % over fields':>18} {'s':>6}")
    spectra = ExampleSpectra(open_sample)
    for free in (False, True):
        for classifier in spectral_baselines(spectra, brightness_free=free):
            _print_outcome(f"{classifier.name}{', brightness off' * free}", classifier, plan)
    if with_vit:
        _print_outcome("ViT", _vit(plan), plan)
    control = validate_shuffled(spectral_baselines(spectra)[0], plan)
    spread = f"{control.low:.2f} to {control.high:.2f}"
    _say(f"{'lda, labels shuffled':34} {control.mean:6.3f} {spread:>18}\n")


def _print_outcome(name: str, classifier: Classifier, plan: Plan) -> None:
    start = time.perf_counter()
    score = cross_validate(classifier, plan).balanced_accuracy
    took, spread = time.perf_counter() - start, f"{score.low:.2f} to {score.high:.2f}"
    _say(f"{name:34} {score.mean:6.3f} {spread:>18} {took:6.1f}")


def _vit(plan: Plan) -> Classifier:
    """Return the taught ViT; it reads the scene here, so that the time below is of its head."""
    from focus_viewer.explain.teaching.plan import TeachingPlan
    from focus_viewer.explain.teaching.teach import prepare

    return prepare(plan.data_set, open_sample, TeachingPlan(), silent).classifier


def _print_pixels(plan: Plan) -> None:
    _say(
        f"{'single pixels, mean (sd) of repeats':34} {'fields held out':>18} {'random pixels':>18}"
    )
    for name, fit in BASELINES.items():
        by_field = _scores(plan, fit, _field_folds)
        by_pixel = _scores(plan, fit, _pixel_folds)
        _say(f"{name:34} {_text(by_field):>18} {_text(by_pixel):>18}")


def _text(scores: DoubleArray) -> str:
    return f"{scores.mean():.3f} ({scores.std():.3f})"


Folds = Callable[[Plan, int, IntArray], Sequence[BoolArray]]


def _scores(plan: Plan, fit: Fit, folds: Folds) -> DoubleArray:
    """Return the balanced accuracy of pixels, shape (repeats,)."""
    scores = []
    for repeat in range(len(plan.splits)):
        pixels, classes, fields = _pixels(plan, repeat)
        count = len(plan.classes)
        table = np.zeros((count, count))
        for out in folds(plan, repeat, fields):
            mean, spread = pixels[~out].mean(axis=0), pixels[~out].std(axis=0)
            scaled = (pixels - mean) / np.where(spread > 0, spread, 1)
            units = fields if folds is _field_folds else np.arange(len(pixels))
            fitted = fit(scaled[~out], classes[~out], units[~out], repeat)
            guessed = fitted.probabilities(scaled[out]).argmax(axis=1)
            table += confusion_matrix(classes[out], guessed, count)
        scores.append(float(balanced_accuracy(table)))
    return np.array(scores)


def _field_folds(plan: Plan, repeat: int, fields: IntArray) -> Sequence[BoolArray]:
    """Whole fields are held out."""
    parts = [fold.held_out for fold in plan.splits[repeat].folds]
    return [np.isin(fields, [plan.unit_of[example] for example in part]) for part in parts]


def _pixel_folds(plan: Plan, repeat: int, fields: IntArray) -> Sequence[BoolArray]:
    """Pixels are held out whatever their field: what nobody should do."""
    own = np.random.default_rng(repeat).permutation(len(fields)) % FOLDS
    return [own == fold for fold in range(FOLDS)]


_CACHE: dict[Example, DoubleArray] = {}


def _pixels(plan: Plan, repeat: int) -> tuple[DoubleArray, IntArray, IntArray]:
    """Return spectra of so many pixels of each field, their classes and their fields."""
    random = np.random.default_rng(repeat)
    spectra, classes, fields = [], [], []
    for example in plan.data_set.examples:
        own = _CACHE.setdefault(example, _read(example))
        kept = random.permutation(len(own))[:PIXELS_A_FIELD]
        spectra.append(own[kept])
        classes += [plan.classes.index(example.classes[0])] * len(kept)
        fields += [plan.unit_of[example]] * len(kept)
    return np.concatenate(spectra), np.array(classes), np.array(fields)


def _read(example: Example) -> DoubleArray:
    crop = example.crop
    assert crop is not None
    block = open_sample(example.sample).block(crop.rows, crop.cols)
    return block[crop.inside].astype(np.float64)


if __name__ == "__main__":
    main()
