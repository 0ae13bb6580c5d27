"""Stand-in for teaching: results at once, of what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from validation_cases import report_of

from focus_viewer.core.datasets.class_map import ClassMap, MapRequest
from focus_viewer.core.errors import FocusError
from focus_viewer.core.progress import Step
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.teaching import TaughtResult, TeachRequest

LABELS = ("rust", "healthy") * 4


class FakeTeaching:
    """Teaches any data set of two classes, a card of `card` with its classes.

    Attributes
    ----------
    cards : dict of str to ModelCard
        Where the cards of models are read from; what is taught is added.
    stages : int
        Calls until a cube is read.
    """

    def __init__(self, card: ModelCard, cards: dict[str, ModelCard]) -> None:
        self.card = card
        self.cards = cards
        self.stages = 1
        self.requests: list[TeachRequest] = []
        self.mapped: list[MapRequest] = []
        self.reports: list[Path] = []

    def backbones(self) -> Sequence[str]:
        """Two names."""
        return ("focus-leaf", "focus-field")

    def models_folder(self) -> Path:
        """A folder that is not there."""
        return Path("/models")

    def teach(self, request: TeachRequest, step: Step) -> TaughtResult:
        """Give the classes of the request."""
        step(0.5, "fitting the head")
        self.requests.append(request)
        if request.out.name == "refused":
            raise FocusError(f"{request.out} cannot be written: choose another folder")
        card = replace(self.card, name=request.out.name, classes=request.data_set.classes)
        self.cards[str(request.out.absolute())] = card
        return TaughtResult(request.out, card, report_of(LABELS))

    def validate(self, request: TeachRequest, step: Step) -> ValidationReport:
        """Give a report with two doubtful places."""
        step(0.5, "ViT: fold 1 of 5")
        self.requests.append(request)
        path = request.data_set.samples[0].path
        place = Place(
            path.name, "", (8, 16), (24, 32), False, 0.9, (("rust", 0.5), ("healthy", 0.4)), path
        )
        return replace(report_of(LABELS), places=(place, replace(place, cube="z.hdr", path=None)))

    def save_report(self, report: ValidationReport, folder: Path) -> Sequence[Path]:
        """Keep the folder."""
        self.reports.append(folder)
        return (folder / "report.html", folder / "report.pdf")

    def map_classes(self, request: MapRequest, step: Step) -> ClassMap:
        """Say that the first class is everywhere; a stage of reading at each call."""
        step(0.5, "reading")
        self.mapped.append(request)
        examples = [e for own in request.labelled for e in own.sample.examples]
        classes = tuple(dict.fromkeys(name for each in examples for name in each.classes))
        classes = classes if len(classes) > 1 else ()
        likely = np.full((4, 6, len(classes)), 0.2 / max(len(classes) - 1, 1), dtype=np.float32)
        likely[..., :1] = 0.8
        shape = (request.cube.rows, request.cube.cols)
        share = min(len(self.mapped) / self.stages, 1.0)
        return ClassMap(classes, likely, shape, request.several, share, len(examples))
