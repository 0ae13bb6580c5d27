"""`focus-viewer simulate`: leaf scenes with known truth, to test any method on."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import out_folder, selected
from focus_viewer.cli.support.preview_file import PreviewFile
from focus_viewer.cli.support.result_folder import Record, replaced_results, write_errors
from focus_viewer.core.counted import counted
from focus_viewer.core.errors import FocusError
from focus_viewer.core.process_pool import in_processes
from focus_viewer.core.progress import Step, part
from focus_viewer.simulate.leaf_files import PROVENANCE
from focus_viewer.simulate.scene import CLASSES
from focus_viewer.simulate.scene_files import LABELS, SceneOrder, SensorName, write_scene

RECORD = Record(
    "scenes.json",
    ("labels", "scenes"),
    r"\w+_\d{3,}(_truth)?\.(hdr|img)|[^/\\]+\.(?i:png|pdf)",  # cubes, and the preview
)
_LEAST_PX, _MOST_PX = 16, 1024
_SCENES_SHARE = 0.9


@dataclass(frozen=True)
class _Order:
    """Order from the command line."""

    sensor: SensorName
    classes: tuple[str, ...]
    scenes: int
    size_px: int
    seed: int

    @property
    def command(self) -> str:
        """The command that makes the same scenes again."""
        classes = " ".join(f"--class {shlex.quote(name)}" for name in self.classes)
        return (
            f"focus-viewer simulate --out DIR --sensor {self.sensor} {classes} "
            f"--scenes {self.scenes} --size-px {self.size_px} --seed {self.seed}"
        )

    @property
    def single(self) -> list[SceneOrder]:
        """The scenes one by one, class by class."""
        return [
            SceneOrder(name, number, self.sensor, self.size_px, self.seed)
            for name in self.classes
            for number in range(1, self.scenes + 1)
        ]


def simulate(
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            parser=out_folder,
            help="Folder of the scenes; earlier ones are replaced.",
        ),
    ],
    sensor: Annotated[
        SensorName, typer.Option(help="400-2500 nm, 400-1000 nm, or one drawn for each leaf.")
    ] = "full",
    class_names: Annotated[
        list[str] | None,
        typer.Option(
            "--class", metavar="NAME", help="Class; may be repeated. [default: all classes]"
        ),
    ] = None,
    scenes: Annotated[int, typer.Option(min=1, help="Number of scenes per class.")] = 2,
    size_px: Annotated[int, typer.Option(help="Height and width of a scene.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same files.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Number of processes that simulate.")] = 2,
    preview: Annotated[
        Path | None,
        typer.Option(metavar="PNG|PDF", help="Draw the first scene of each class."),
    ] = None,
) -> None:
    """Simulate leaves with known truth: cubes and label images (ENVI), and scenes.json.

    Ctrl-C leaves no half-written file and earlier scenes as they were.
    """
    _check_size(size_px)
    order = _Order(sensor, selected("class", class_names, CLASSES), scenes, size_px, seed)
    picture = None if preview is None else PreviewFile(preview, out)
    with interruptible() as interrupt, progress_bar(interrupt.check) as step:
        with replaced_results(out, RECORD) as drafts, write_errors(out):
            _write(drafts, order, picture, workers, step)
        if picture is not None:
            picture.publish()
    written = counted(len(order.single), "scene")
    typer.echo(f"{written}; what is true of them: {out / RECORD.name}", err=True)


def _check_size(size_px: int) -> None:
    if not _LEAST_PX <= size_px <= _MOST_PX:
        raise FocusError(
            f"--size-px: {size_px} px: expected at least {_LEAST_PX}, for a lesion to show on a "
            f"leaf, and at most {_MOST_PX}, for a scene to fit in memory."
        )


def _write(
    drafts: Path, order: _Order, picture: PreviewFile | None, workers: int, step: Step
) -> None:
    simulating = part(step, 0.0, 1.0 if picture is None else _SCENES_SHARE)
    scenes = in_processes(
        partial(write_scene, drafts), order.single, workers, simulating, "simulating"
    )
    record = _record(order, scenes)
    if picture is not None:
        picture.draw(drafts, scenes[:: order.scenes], part(step, _SCENES_SHARE, 1.0))
        record["files"] = picture.place(drafts)
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    (drafts / RECORD.name).write_text(text + "\n", encoding="utf-8")
    step(1.0, "done")


def _record(order: _Order, scenes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "description": "Simulated leaves, not measurements. Scenes whose names end in the same "
        "number show the same leaf by the same sensor: only the lesion differs.",
        **PROVENANCE,
        "command": order.command,
        "labels": LABELS,
        "importance": "separability of the class's lesion tissue in each band alone from all other "
        "leaf tissue: the ideal observer's d'; below about 0.5 the sensor hardly sees the class",
        "true_bands": "bands, counted from 0, of at least half the highest importance",
        "files": {},
        "scenes": scenes,
    }
