"""Study slice: the study that is compared, how, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.study import Study


@dataclass(frozen=True)
class Studied:
    """Study with its plan and results.

    Attributes
    ----------
    study : Study or None
    place : Path or None
        Folder or table that it was read from; None for the open cubes.
    follows : bool
        Whether it is of the open cubes, and is read anew when they change.
    plan : StudyPlan or None
    found : tuple of Comparison
        Of the plan's quantities; empty until they have been compared.
    """

    study: Study | None = None
    place: Path | None = None
    follows: bool = False
    plan: StudyPlan | None = None
    found: tuple[Comparison, ...] = ()
