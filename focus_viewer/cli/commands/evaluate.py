"""`focus-viewer evaluate`: how good a model is on a labelled data set."""

from __future__ import annotations

import json
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

    A data set from which the model was taught says nothing about others; a note then says so.
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
    """Return an evaluation for JSON: figures, and the decision on each example."""
    from focus_viewer.core.datasets.metrics import balanced_accuracy, macro_f1
    from focus_viewer.core.validation.cross_validation import tally

    nobody = np.zeros(len(done.examples), dtype=np.intp)
    table = tally(done.labels, done.probabilities, nobody, 1, card.several)[0]
    taught_on = card.teaching.get("fingerprint") == data.fingerprint
    same = ("The model was taught from this data set: this is training accuracy.",)
    return {
        "model": {"name": card.name, "sha256": card.sha256},
        "data_set": {"name": data.name, "fingerprint": data.fingerprint},
        "classes": list(card.classes),
        "balanced_accuracy": round(float(balanced_accuracy(table, card.several)), 4),
        "macro_f1": round(float(macro_f1(table, card.several)), 4),
        "confusion": table.astype(int).tolist(),
        "examples": [
            {
                "name": example.name,
                "classes": list(example.classes),
                "probabilities": dict(zip(card.classes, map(float, row), strict=True)),
                "verdict": done.verdicts[example.sample.fingerprint].verdict,
            }
            for example, row in zip(done.examples, done.probabilities, strict=True)
        ],
        "notes": [*data.notes, *done.notes, *(same if taught_on else ())],
    }
