"""Models slice: models that the user can choose, and the one that explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.saliency.explanation import Explanation
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.saliency.region_decision import RegionDecision, decision_of

FIRST_MODEL = "focus-leaf"


@dataclass(frozen=True)
class ModelEntry:
    """Model on the disk: name of a bundled one, or absolute folder, and its card."""

    place: str
    card: ModelCard

    @property
    def folder(self) -> Path | None:
        """Folder of the user's own model; None for a bundled one."""
        return folder_of(self.place)


@dataclass(frozen=True, eq=False)
class ComparedDecision:
    """Decision of a model on a cube, with what it was made of.

    Attributes
    ----------
    sha256 : str
        Of the model's weights.
    present : tuple of (str, float)
        Classes that are there, with their probability, of a model in which several may hold at
        once; empty for other models.
    """

    cube: Cube
    sha256: str
    decision: RegionDecision
    present: tuple[tuple[str, float], ...] = ()


def compared_decision(cube: Cube, explanation: Explanation) -> ComparedDecision:
    """Return the decision of an explanation of a whole cube."""
    card = explanation.card
    shares = zip(card.classes, map(float, explanation.probabilities), strict=True)
    present = tuple((name, share) for name, share in shares if card.several and share >= 0.5)
    return ComparedDecision(cube, card.sha256, decision_of(explanation), present)


@dataclass(frozen=True)
class Models:
    """Models that the user can choose, and the one that explains.

    Attributes
    ----------
    chosen : str
        Place of the model that explains; it may be missing.
    missing : tuple of str
        Folders that the user has added but that cannot be read now.
    revision : int
        Raised when another model explains, or the same folder has other weights.
    compared : mapping of (int, str) to ComparedDecision
        Decisions that were asked for, by document and place of the model; see
        `focus_viewer.session.outputs.model_comparison`.
    fingerprints : mapping of int to str
        Of the content of open cubes, by document, as far as they were computed: models know by
        them what they were taught from. Empty where a file cannot be read.
    """

    known: tuple[ModelEntry, ...] = ()
    chosen: str = FIRST_MODEL
    missing: tuple[str, ...] = ()
    revision: int = 0
    compared: Mapping[tuple[int, str], ComparedDecision] = field(default_factory=dict)
    fingerprints: Mapping[int, str] = field(default_factory=dict)

    def find(self, place: str) -> ModelEntry | None:
        """Return the known model at a place, or None."""
        return next((entry for entry in self.known if entry.place == place), None)

    @property
    def entry(self) -> ModelEntry | None:
        """The model that explains, if it is known."""
        return self.find(self.chosen)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders that the user has added, whether they can be read now or not."""
        places = (*(entry.place for entry in self.known), *self.missing)
        folders = (folder_of(place) for place in places)
        return tuple(folder for folder in folders if folder is not None)


def folder_of(place: str) -> Path | None:
    """Return the folder of a user's model; None for the name of a bundled one."""
    path = Path(place)
    return path if path.is_absolute() else None


def name_of(place: str) -> str:
    """Return the name of a model for people, by its place."""
    return Path(place).name
