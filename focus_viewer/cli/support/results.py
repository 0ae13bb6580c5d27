"""Result files of an explanation: volume, curve, figure and their record."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from focus_viewer.cli.support.result_folder import RESULT
from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.progress import Step, part
from focus_viewer.core.saliency.curve_table import curve_table
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.logit_sum import contrast_sum, logit_sum
from focus_viewer.core.saliency.result_notes import result_notes
from focus_viewer.figures.explanation_figure import explanation_figure
from focus_viewer.figures.figure_file import save_png
from focus_viewer.io.export import write_volume

_VOLUME_SHARE, _FIGURE_SHARE = 0.6, 0.8


def write_results(
    folder: Path, cube: Cube, explanation: Explanation, class_name: str, step: Step
) -> str:
    """Write the results for one class; return the record, the text of `result.json`.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    files = _names(class_name)
    volume = explanation.volume(class_name, "evidence")
    description = _description(explanation, cube, class_name)
    write_volume(
        folder / files["volume"], volume, cube, description, part(step, 0.0, _VOLUME_SHARE)
    )
    step(_VOLUME_SHARE, "writing the curve")
    write_atomically(folder / files["curve"], curve_table(volume, explanation))
    step(_VOLUME_SHARE, "drawing the figure")
    figure = explanation_figure(cube, explanation, class_name)
    step(_FIGURE_SHARE, "writing the figure")
    save_png(figure, folder / files["figure"])
    text = json.dumps(record(cube, explanation, class_name, files), indent=2, allow_nan=False)
    (folder / RESULT.name).write_text(text + "\n", encoding="utf-8")
    step(1.0, "done")
    return text


def _names(class_name: str) -> dict[str, str]:
    """Return file names by content; the class's name is reduced to safe characters."""
    volume = "volume_" + "".join(letter if letter.isalnum() else "_" for letter in class_name)
    return {
        "volume": f"{volume}.hdr",
        "volume_data": f"{volume}.img",
        "curve": "curve.csv",
        "figure": "figure.png",
    }


def record(
    cube: Cube, explanation: Explanation, class_name: str, files: dict[str, str]
) -> dict[str, Any]:
    """Return the record of an explanation: input, result and cost, ready for JSON.

    `applicability` is whether the model knows what it was shown. By class: the frozen model's
    `logits`, which are `baseline` (nothing shown) + `evidence` + `unattributed`; `doubt`, the share
    of the evidence that could not be attributed; `sink`, the sink's share of attention. `shown` is
    what curve, volume and figure show: the class less the mean of the others. Probabilities are the
    softmax of the logits over `temperature`.
    """
    card, cost = explanation.card, explanation.cost
    named = zip(explanation.classes, explanation.probabilities.tolist(), strict=True)
    return {
        "cube": {
            "path": str(cube.path),
            "shape": list(cube.shape),
            "wavelength_nm": [float(np.nanmin(cube.axis)), float(np.nanmax(cube.axis))],
        },
        "applicability": _applicability(explanation),
        "classes": [{"name": name, "probability": value} for name, value in named],
        "explained": class_name,
        "passes": {"forward": cost.forward_passes, "backward": cost.backward_passes},
        "seconds": cost.seconds,
        "device": cost.device,
        "peak_memory_bytes": cost.peak_memory_bytes,
        **_decision(explanation),
        "shown": _shown(explanation, class_name),
        "sink": dict(zip(explanation.classes, explanation.sink.tolist(), strict=True)),
        "model": {
            "name": card.name,
            "version": card.version,
            "sha256": card.sha256,
            "validated": card.validated,
            "warning": card.warning,
        },
        "notes": list(result_notes(cube, explanation)),
        "files": files,
    }


def _applicability(explanation: Explanation) -> dict[str, Any]:
    """Return the verdict with everything that was measured for it."""
    found = explanation.applicability
    return {
        "verdict": found.verdict,
        "reasons": [asdict(reason) for reason in found.reasons],
        "tissue_share": found.tissue_share,
    }


def _decision(explanation: Explanation) -> dict[str, Any]:
    """Return the sum of each class's logit, its doubt, and the temperature of the probabilities."""
    sums = {name: logit_sum(explanation, name) for name in explanation.classes}
    return {
        "logits": {name: found.logit for name, found in sums.items()},
        "baseline": {name: found.baseline for name, found in sums.items()},
        "evidence": {name: found.evidence for name, found in sums.items()},
        "unattributed": {name: found.unattributed for name, found in sums.items()},
        "doubt": {name: explanation.doubt(name) for name in explanation.classes},
        "temperature": explanation.card.temperature(explanation.edges_nm),
    }


def _shown(explanation: Explanation, class_name: str) -> dict[str, Any]:
    """Return the sum of the explained class less the others' mean, as the curve shows it."""
    found = asdict(contrast_sum(explanation, class_name))
    return {"class": class_name, "against": "mean of the other classes", **found}


def _description(explanation: Explanation, cube: Cube, class_name: str) -> str:
    card = explanation.card
    return (
        f"Evidence for {class_name} in {cube.name} at each wavelength, in logits per cell; "
        f"model {card.name} {card.version}, {card.doubt or 'validated'}; "
        f"{explanation.applicability.sentence}"
    )
