"""Schema of a project file, checked by pydantic.

Imported only when a project is read or written, and pydantic by this module alone. Values with a
default may be missing, so that files stay readable when the program learns to keep more.
"""

from __future__ import annotations

import re
from dataclasses import astuple
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from focus_viewer.core.cubes.array_choice import ArrayChoice
from focus_viewer.core.cubes.viewpoint import Extent
from focus_viewer.core.documents.figure_spec import FigureSpec
from focus_viewer.core.documents.project import ProjectView
from focus_viewer.core.masks.rules import How, WithinLimits
from focus_viewer.core.pictures.recipe import CompositeRecipe
from focus_viewer.core.pictures.stretch import USUAL_STRETCH, Stretch
from focus_viewer.core.preprocessing.settings import Average, ReferenceFingerprints, Smoothing
from focus_viewer.core.regions.shapes import Shape
from focus_viewer.core.saliency.applicability import Applicability, Verdict
from focus_viewer.core.saliency.explanation import Cost
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.io.annotations.refusal import Unreadable, shown
from focus_viewer.io.annotations.regions import restored
from focus_viewer.io.project.serialising import FORMAT, VERSION

_PLAIN_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "no such entry is known, unless to a later version of FOCUS Viewer",
    "unexpected_keyword_argument": (
        "no such entry is known, unless to a later version of FOCUS Viewer"
    ),
    "json_invalid": "it is not readable JSON",
}
BROKEN = "Take an earlier copy of the file, or correct it in a text editor."
"""What the user can do about a broken file."""

_MOST = 2**31 - 1
_FINGERPRINT = r"\A((sha256|sha256-blocks):[0-9a-f]{64})?\z"
_COLOUR = r"#[0-9a-fA-F]{6}"
Colour = Annotated[str, Field(pattern=rf"\A{_COLOUR}\z")]
Name = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Side = Annotated[int, Field(ge=1, le=_MOST)]


def _outline(value: object) -> Shape:
    try:
        return restored(value)
    except Unreadable as error:
        raise ValueError(error.problem) from error


def _seen(view: ProjectView) -> ProjectView:
    if not 0 <= view.opacity <= 1:
        raise ValueError(f"expected an opacity from 0 to 1, found {view.opacity:g}")
    if view.window_nm.width_nm < 0:
        raise ValueError(f"expected a width_nm of 0 or more, found {view.window_nm.width_nm:g}")
    if view.pair is not None and not 0 <= view.pair.split <= 1:
        raise ValueError(f"expected a split from 0 to 1, found {view.pair.split:g}")
    for layer in view.layers:
        if not 0 <= layer.opacity <= 1:
            raise ValueError(f"expected an opacity from 0 to 1, found {layer.opacity:g}")
        if not re.fullmatch(_COLOUR, layer.colour):
            raise ValueError(f"expected a colour as #cc3311, found {shown(layer.colour)}")
    if view.camera is not None and view.camera.scale <= 0:
        raise ValueError(f"expected a scale of the camera above 0, found {view.camera.scale:g}")
    return view


def _drawn(figure: FigureSpec) -> FigureSpec:
    for name in ("width_mm", "font_pt", "dpi"):
        value = getattr(figure, name)
        if not value > 0:
            raise ValueError(f"expected a {name} above 0, found {value:g}")
    return figure


def _checked_fingerprints(marks: ReferenceFingerprints) -> ReferenceFingerprints:
    for mark in astuple(marks):
        if not re.fullmatch(_FINGERPRINT.replace(r"\z", ""), mark):
            raise ValueError(f"expected a fingerprint as sha256:..., found {shown(mark)}")
    return marks


def _chosen(choice: ArrayChoice) -> ArrayChoice:
    if choice.axes is not None and len(set(choice.axes)) < len(choice.axes):
        raise ValueError(f"expected rows, cols and bands once each, found {choice.axes}")
    if choice.image_shape is not None and min(choice.image_shape) < 1:
        raise ValueError(f"expected an image_shape of 1 or more, found {choice.image_shape}")
    if choice.scale is not None and choice.scale <= 0:
        raise ValueError(f"expected a scale above 0, found {choice.scale:g}")
    return choice


class _Entry(BaseModel):
    """Base of entries: exact types, no unknown entries, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class RegionEntry(_Entry):
    """Region, in the order of `focus_viewer.core.regions.annotations.Annotation`."""

    id: int
    name: str
    colour: Colour
    outline: Annotated[Shape, PlainValidator(_outline)]
    class_name: str | None = None
    locked: bool = False
    hidden: bool = False


class AnnotationsEntry(_Entry):
    """Regions of a cube."""

    next_id: int = 1
    regions: tuple[RegionEntry, ...] = ()

    @model_validator(mode="after")
    def _ids_are_never_used_again(self) -> Self:
        ids = [region.id for region in self.regions]
        if len(set(ids)) < len(ids):
            raise ValueError("expected a different id for each region, found one twice")
        if ids and max(ids) >= self.next_id:
            raise ValueError(f"expected a next_id above {max(ids)}, found {self.next_id}")
        return self


class ReferencesEntry(_Entry):
    """White and dark references, in the order of `WhiteAndDark`."""

    white: Annotated[str, Field(min_length=1)]
    dark: Annotated[str, Field(min_length=1)] | None = None
    white_dark: Annotated[str, Field(min_length=1)] | None = None
    panel: Annotated[float, Field(gt=0)] = 1.0
    panel_file: Annotated[str, Field(min_length=1)] | None = None
    average: Average = "mean"
    fingerprints: Annotated[ReferenceFingerprints, AfterValidator(_checked_fingerprints)] | None = (
        None
    )


class FlatFieldEntry(_Entry):
    """Spectrum that a cube was divided by."""

    spectrum: tuple[float, ...]
    text: str = Field(alias="told")


class PreprocessingEntry(_Entry):
    """Preprocessing of a cube, in the order of `Preprocessing`."""

    sensor: str = ""
    bad_ranges: tuple[tuple[float, float], ...] | None = None
    references: ReferencesEntry | None = None
    flat_field: FlatFieldEntry | None = None
    smoothing: Smoothing | None = None
    bin_bands: Annotated[int, Field(ge=1, le=_MOST)] = 1

    @model_validator(mode="after")
    def _divided_once(self) -> Self:
        if self.references is not None and self.flat_field is not None:
            raise ValueError("expected references or a flat_field, found both")
        return self


class DecisionEntry(_Entry):
    """Decision on a region alone; null where the region could not be explained."""

    region: int
    class_name: str
    probability: Annotated[float, Field(ge=0, le=1)] | None
    verdict: Verdict
    why: str
    doubt: Annotated[float, Field(ge=0, le=1)] | None
    peak_nm: float | None


class LabelsEntry(_Entry):
    """Labels of a whole cube, in the order of `CubeLabels`."""

    classes: tuple[Name, ...] = ()
    groups: dict[Name, str] = {}


class _RuleEntry(_Entry):
    """Rule of a mask, and how it is combined with those ahead of it."""

    how: How = "and"


class LimitsEntry(_RuleEntry):
    """Limits on a picture of one channel, in the order of `WithinLimits`."""

    kind: Literal["limits"]
    recipe: CompositeRecipe
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _limits_ascend(self) -> Self:
        WithinLimits(self.recipe, self.low, self.high)
        return self


class OutlineEntry(_RuleEntry):
    """Pixels of regions, in the order of `WithinOutline`."""

    kind: Literal["outline"]
    outline: Annotated[Shape, PlainValidator(_outline)]
    name: str
    image_shape: tuple[Side, Side]


class PlainRuleEntry(_RuleEntry):
    """Rule without values."""

    kind: Literal["data", "inverse"]


class UnsaturatedEntry(_RuleEntry):
    """Saturation, in the order of `Unsaturated`."""

    kind: Literal["unsaturated"]
    level: float | None = None


RuleEntry = Annotated[
    LimitsEntry | OutlineEntry | PlainRuleEntry | UnsaturatedEntry, Field(discriminator="kind")
]


class MaskEntry(_Entry):
    """Mask of a cube."""

    used: bool = True
    steps: tuple[RuleEntry, ...] = ()


class LibraryEntry(_Entry):
    """Spectral library of a project."""

    path: Annotated[str, Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"\A([0-9a-f]{64})?\z")] = ""
    drawn: tuple[Count, ...] = ()


class CubeEntry(_Entry):
    """Cube of a project."""

    path: Annotated[str, Field(min_length=1)]
    fingerprint: Annotated[str, Field(pattern=_FINGERPRINT)] = ""
    shape: tuple[Side, Side, Side]
    annotations: AnnotationsEntry = AnnotationsEntry()
    decisions: tuple[DecisionEntry, ...] = ()
    labels: LabelsEntry = LabelsEntry()
    stretch: Stretch = USUAL_STRETCH
    mask: MaskEntry = MaskEntry()
    pins: tuple[tuple[Count, Count, Colour], ...] = ()
    class_name: str | None = None
    against: str | None = None
    extent: Extent | None = None
    treatment: PreprocessingEntry | None = None
    choice: Annotated[ArrayChoice, AfterValidator(_chosen)] | None = None
    result: Annotated[str, Field(pattern=r"\A[0-9a-f]{16}-[0-9a-f]{64}\.npz\z")] | None = None

    @model_validator(mode="after")
    def _pins_are_in_the_image(self) -> Self:
        for row, col, _ in self.pins:
            if row >= self.shape[0] or col >= self.shape[1]:
                size = f"{self.shape[0]} x {self.shape[1]} pixels"
                raise ValueError(f"expected pins within {size}, found ({row}, {col})")
        return self


class ProjectEntry(_Entry):
    """Content of a project file."""

    format: Literal["focus-viewer project"]
    version: Literal[1]
    autosave_of: str | None = None
    model: str = "focus-leaf"
    cubes: tuple[CubeEntry, ...] = ()
    view: Annotated[ProjectView, AfterValidator(_seen)] = ProjectView()
    figure: Annotated[FigureSpec, AfterValidator(_drawn)] = FigureSpec()
    libraries: tuple[LibraryEntry, ...] = ()

    @model_validator(mode="after")
    def _cubes_are_there(self) -> Self:
        last = len(self.cubes) - 1
        if not -1 <= self.view.active <= last:
            raise ValueError(f"expected view.active from -1 to {last}, found {self.view.active}")
        pair = self.view.pair
        if pair is not None:
            places = {pair.first, pair.second}
            if len(places) < 2 or not places <= set(range(last + 1)):
                raise ValueError(
                    f"expected two cubes in view.pair, found {pair.first}, {pair.second}"
                )
        return self


class ResultEntry(_Entry):
    """Content of a result file beside its arrays."""

    format: Literal["focus-viewer result"]
    version: Literal[2]
    fingerprint: str
    method: int
    card: ModelCard
    image_shape: tuple[Side, Side]
    cost: Cost
    suitability: Applicability
    within: str
    notes: tuple[str, ...]


E = TypeVar("E", bound=_Entry)


def parsed(kind: type[E], text: str) -> E:
    """Parse a JSON text as an entry.

    Raises
    ------
    Unreadable
        If it is none: with the place of the first problem, and what was found there.
    """
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise Unreadable(_problem_text(error), BROKEN) from error
    except UnicodeEncodeError as error:
        raise Unreadable("it holds half a surrogate pair, which is not text", BROKEN) from error


def _problem_text(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = "".join(f"[{word}]" if isinstance(word, int) else f".{word}" for word in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    words = _PLAIN_WORDS.get(first["type"], message[:1].lower() + message[1:])
    at = f"at {place.removeprefix('.')}, " if place else ""
    if first["type"] in ("missing", "value_error", "json_invalid"):
        return f"{at}{words}"
    return f"{at}{words}, found {shown(first['input'])}"


def check_version(document: object) -> None:
    """Refuse a document of another format, or of a later version of the program."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else document
        raise Unreadable(
            f"expected 'format': {FORMAT!r}, found {shown(found)}",
            "Open a file that was saved as a project.",
        )
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Unreadable(
            f"it was written by a later version of FOCUS Viewer (format {shown(version)}, and this "
            f"one reads up to {VERSION})",
            "Update FOCUS Viewer.",
        )
