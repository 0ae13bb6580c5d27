"""`focus-viewer attach`: take a frozen ViT of any origin apart, without labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from focus_viewer.cli.support.long_work import interruptible, progress_bar
from focus_viewer.cli.support.options import (
    DeviceOption,
    NoDataOption,
    ScaleOption,
    UnitsOption,
    WavelengthsOption,
    array_choice,
    out_folder,
)
from focus_viewer.cli.support.result_folder import write_errors
from focus_viewer.core.counted import counted
from focus_viewer.core.errors import FocusError
from focus_viewer.core.saliency.metric_names import in_words
from focus_viewer.core.saliency.model_card import ModelCard

_BETWEEN = re.compile(r"[\s,;]+")
_NUMBERS = "N,...|FILE"

CheckpointArgument = Annotated[
    Path, typer.Argument(metavar="CHECKPOINT", help="State dict: .safetensors, .pt or .pth.")
]
ArchitectureOption = Annotated[
    str, typer.Option(metavar="NAME", help="timm's name of it, spectf, or a DOFA of torchgeo.")
]
CubesOption = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder of cubes without labels, or a cube.")
]
OutOption = Annotated[
    Path,
    typer.Option(metavar="DIR", parser=out_folder, help="Folder of the model, named as the model."),
]
ClassesOption = Annotated[
    str | None, typer.Option(metavar="A,B,...", help="Names of its outputs, in their order.")
]
ImageSizeOption = Annotated[
    int | None, typer.Option("--image-size", min=1, metavar="PX", help="Side of its images.")
]
BuildOption = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="Passed to timm; may be repeated."),
]
BandsOption = Annotated[
    str | None,
    typer.Option("--bands-nm", metavar=_NUMBERS, help="Centres of its bands, in its order."),
]
SensorOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Sensor whose bands it reads, such as EMIT.")
]
MeanOption = Annotated[
    str | None,
    typer.Option(metavar=_NUMBERS, help="What it takes off: one number, or one a band."),
]
StdOption = Annotated[
    str | None,
    typer.Option(metavar=_NUMBERS, help="What it divides by: one number, or one a band."),
]
FactorOption = Annotated[
    float, typer.Option(metavar="NUMBER", help="What cubes are multiplied by ahead of that.")
]
GroupsOption = Annotated[int, typer.Option(min=1, help="Spectral groups of the curve, about.")]
WindowsOption = Annotated[int, typer.Option(min=1, help="Windows to play coalitions in.")]
EpochsOption = Annotated[int, typer.Option(min=1, help="Epochs of prompts and sink.")]
EvaluationsOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="Passes of brute force in each held-out window. [default: 100 a group]"
    ),
]
SeveralOption = Annotated[
    bool, typer.Option("--several", help="Several classes may hold at once: sigmoids, no softmax.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of windows, coalitions and prompts.")]


def attach(
    context: typer.Context,
    checkpoint: CheckpointArgument,
    architecture: ArchitectureOption,
    cubes: CubesOption,
    out: OutOption,
    classes: ClassesOption = None,
    several: SeveralOption = False,
    image_size: ImageSizeOption = None,
    option: BuildOption = None,
    bands_nm: BandsOption = None,
    sensor: SensorOption = None,
    mean: MeanOption = None,
    std: StdOption = None,
    factor: FactorOption = 1.0,
    groups: GroupsOption = 48,
    windows: WindowsOption = 256,
    epochs: EpochsOption = 20,
    evaluations: EvaluationsOption = None,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    wavelengths: WavelengthsOption = None,
    units: UnitsOption = None,
    scale: ScaleOption = None,
    no_data: NoDataOption = None,
) -> None:
    """Take a frozen ViT apart: train prompts and sink on its own outputs; write a model folder.

    No labels are needed, and the ViT stays as it is. The model is used like any other, with --model
    DIR, and decides as the frozen ViT does. See docs/your-vit.md.
    """
    from focus_viewer.explain.attaching.given.plan import AttachPlan, FrozenModelFacts
    from focus_viewer.services.attaching import AttachRequest, attach_model

    facts = FrozenModelFacts(
        architecture,
        tuple(each.strip() for each in classes.split(",")) if classes else (),
        image_size,
        dict(map(_option, option or ())),
        _bands_nm(bands_nm, sensor),
        _numbers("mean", mean) or (0.0,),
        _numbers("std", std) or (1.0,),
        factor,
        several,
    )
    plan = AttachPlan(
        groups, windows, epochs=epochs, evaluations=evaluations, seed=seed, device=device
    )
    choice = array_choice(None, None, None, wavelengths, units, scale, no_data)
    command = " ".join(["focus-viewer attach", *_words(context.params)])
    with interruptible() as interrupt, progress_bar(interrupt.check) as step, write_errors(out):
        request = AttachRequest(checkpoint, cubes, out, facts, plan, command, choice)
        card = attach_model(request, step)
    _report(card)


def _report(card: ModelCard) -> None:
    """Print what was attached, how explanations agree, and what must be minded."""
    facts = card.attached
    typer.echo(f"{card.name}: {card.training_data}; held out: {facts['held_out']}")
    decided = ", ".join(f"{name} {count}" for name, count in facts["decided"].items())
    what = "classes found" if card.several else "its own decisions"
    typer.echo(f"{what} in {counted(facts['windows'], 'window')}: {decided}")
    for name, value in card.measured.items():
        typer.echo(f"{in_words(name)}: {value}")
    typer.echo(f"Note: {card.warning}")
    for reason in facts["skipped"]:
        typer.echo(f"Passed over: {reason}", err=True)


def _words(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of a command that were given, files by name."""
    for name, value in sorted(given.items(), key=lambda item: item[0] != "checkpoint"):
        if isinstance(value, bool):
            yield from [f"--{name}"] * value
            continue
        each = value if isinstance(value, list | tuple) else [value]
        for text in (str(part) for part in each if part is not None):
            word = quote(Path(text).name if Path(text).exists() or "/" in text else text)
            yield word if name == "checkpoint" else f"--{name.replace('_', '-')} {word}"


def _option(text: str) -> tuple[str, int | float | str | bool]:
    name, found, value = text.partition("=")
    if not found or not name.strip():
        raise FocusError(f"--option: expected NAME=VALUE, such as embed_dim=64; found {text!r}.")
    return name.strip(), _value(value.strip())


def _value(text: str) -> int | float | str | bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _numbers(name: str, text: str | None) -> tuple[float, ...]:
    """Return the numbers of an option, or of the file that it names; none without it."""
    if text is None:
        return ()
    path = Path(text)
    content = path.read_text(encoding="utf-8-sig") if path.is_file() else text
    try:
        return tuple(float(each) for each in _BETWEEN.split(content.strip()))
    except ValueError as error:
        raise FocusError(
            f"--{name}: expected numbers, or a file of numbers, separated by commas or lines; "
            f"found {text!r} ({error})."
        ) from error


def _bands_nm(text: str | None, sensor: str | None) -> tuple[float, ...]:
    """Return the bands that are stated, or those of a sensor; none without either."""
    from focus_viewer.core.preprocessing.sensors import SENSORS

    if sensor is None:
        return _numbers("bands-nm", text)
    known = {each.name.lower(): each.wavelengths_nm for each in SENSORS}
    found = known.get(sensor.lower())
    if text is not None or found is None:
        names = ", ".join(each.name for each in SENSORS if each.wavelengths_nm is not None)
        raise FocusError(f"--sensor: expected one of {names}, and no --bands-nm; found {sensor!r}.")
    return tuple(found.tolist())
