"""`focus-viewer evaluate`: how good a model is on a labelled data set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from focus_viewer.cli.commands.fit import ClassColumnOption
from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import out_folder
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.progress import part
from focus_viewer.core.typing import BoolArray, DoubleArray

if TYPE_CHECKING:
    from focus_viewer.core.saliency.model_card import ModelCard
    from focus_viewer.explain.teaching.evaluation import Evaluation

_NAME = "evaluation.json"


def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name or folder of a model.")],
    data: Annotated[
        Path, typer.Argument(metavar="DATASET", help="Project, folder or table; see data-sets.md.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=out_folder, help=f"Folder for {_NAME}."),
    ] = None,
    class_column: ClassColumnOption = None,
) -> None:
    """Let a model decide on the examples of a data set; print the result as JSON.

    Cubes from which the model was taught say nothing about others: their accuracy is given apart.
    """
    from focus_viewer.explain.model.cards import read_card
    from focus_viewer.explain.teaching.evaluation import evaluate as decide
    from focus_viewer.io.datasets import read_data_set
    from focus_viewer.io.datasets.samples import open_sample

    with (
        interruptible() as interrupt,
        progress_bar(interrupt.check) as step,
        interrupt.leaves(),
    ):
        card = read_card(model)
        found = read_data_set(data, class_column=class_column, step=part(step, 0.0, 0.05))
        done = decide(model, found, open_sample, part(step, 0.05, 1.0))
    text = json.dumps(evaluation_record(card, found, done), indent=2, allow_nan=False)
    if out is not None:
        with write_errors(out):
            out.mkdir(parents=True, exist_ok=True)
            write_atomically(out / _NAME, text + "\n")
    typer.echo(text)


def evaluation_record(card: ModelCard, data: DataSet, done: Evaluation) -> dict[str, Any]:
    """Return an evaluation for JSON: figures, and the decision on each example.

    The figures are of examples in cubes that the model was not taught from, as far as is known;
    training accuracy stands apart.
    """
    taught = taught_from(card, data, done)
    seen = np.array([each is True for each in taught], dtype=np.bool_)
    return {
        "model": {"name": card.name, "sha256": card.sha256},
        "data_set": {"name": data.name, "fingerprint": data.fingerprint},
        "classes": list(card.classes),
        "evaluated": int((~seen).sum()),
        **_figures(card, done, ~seen),
        "taught_from": None if None in taught else _taught_record(card, done, seen),
        "examples": [
            {
                "name": example.name,
                "classes": list(example.classes),
                "probabilities": dict(zip(card.classes, map(float, row), strict=True)),
                "verdict": done.verdicts[example.sample.fingerprint].verdict,
                "taught_from": own,
            }
            for example, row, own in zip(done.examples, done.probabilities, taught, strict=True)
        ],
        "notes": [
            *data.notes,
            *done.notes,
            *_taught_notes(done, taught),
            *_missing_notes(card, done, ~seen),
            *_verdict_notes(done, ~seen),
        ],
    }


def taught_from(card: ModelCard, data: DataSet, done: Evaluation) -> list[bool | None]:
    """Return for each example whether the model was taught from its cube; None if not known."""
    if data.fingerprint == card.teaching.get("fingerprint"):  # models of earlier versions have it
        return [True] * len(done.examples)
    return [card.was_taught_from(example.sample.fingerprint) for example in done.examples]


def _figures(card: ModelCard, done: Evaluation, chosen: BoolArray) -> dict[str, Any]:
    """Return the figures of some examples, null without any."""
    from focus_viewer.core.datasets.metrics import (
        all_right_share,
        balanced_accuracy,
        found_shares,
        macro_f1,
    )
    from focus_viewer.core.validation.cross_validation import tally

    several, labels, found = card.several, done.labels[chosen], done.probabilities[chosen]
    table = tally(labels, found, np.zeros(len(found), dtype=np.intp), 1, several)[0]
    shares = map(_number, found_shares(table, several))
    figures = {
        "balanced_accuracy": _number(balanced_accuracy(table, several)),
        "macro_f1": _number(macro_f1(table, several)),
        "by_class": dict(zip(card.classes, shares, strict=True)),
        "confusion": table.astype(int).tolist(),
    }
    if several:
        figures["all_classes_right"] = _number(all_right_share(labels, found))
    return figures


def _taught_record(card: ModelCard, done: Evaluation, seen: BoolArray) -> dict[str, Any]:
    """Return how much of it was taught, and the accuracy there."""
    return {
        "cubes": len(_cubes(done, seen)),
        "examples": int(seen.sum()),
        "training_accuracy": _figures(card, done, seen)["balanced_accuracy"],
    }


def _taught_notes(done: Evaluation, taught: Sequence[bool | None]) -> tuple[str, ...]:
    """Return what the figures are worth, as the model may have been taught from these cubes."""
    if None in taught:
        return (
            "Whether the model was taught from these cubes is not known: if it was, this is "
            "training accuracy, which says nothing about other cubes.",
        )
    seen = np.array(taught, dtype=np.bool_)
    count, cubes = len(_cubes(done, seen)), len(_cubes(done, np.ones_like(seen)))
    if not count:
        return ()
    if seen.all():
        return (
            "The model was taught from all of these cubes: nothing is left to evaluate, and "
            "training accuracy says nothing about other cubes.",
        )
    return (
        f"The model was taught from {count} of {cubes} cubes: the figures are of the others, and "
        "training accuracy, which says nothing about other cubes, stands apart.",
    )


def _missing_notes(card: ModelCard, done: Evaluation, chosen: BoolArray) -> tuple[str, ...]:
    """Return which classes the figures are not of: what is never shown is never missed."""
    missing = np.flatnonzero(~done.labels[chosen].any(axis=0))
    names = [card.classes[place] for place in missing]
    if not names or not chosen.any():
        return ()
    return (f"No example of {', '.join(names)}: the figures say nothing of it.",)


def _verdict_notes(done: Evaluation, chosen: BoolArray) -> tuple[str, ...]:
    """Return how often a decision counts that is not shown elsewhere."""
    examples = [e for e, wanted in zip(done.examples, chosen, strict=True) if wanted]
    found = [done.verdicts[each.sample.fingerprint].verdict for each in examples]
    count = found.count("does not apply")
    if not count:
        return ()
    return (
        f"The model does not apply to the cubes of {count} of {len(found)} examples: their "
        "decisions count all the same.",
    )


def _cubes(done: Evaluation, chosen: BoolArray) -> set[str]:
    examples = zip(done.examples, chosen, strict=True)
    return {example.sample.fingerprint for example, wanted in examples if wanted}


def _number(value: DoubleArray | float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
