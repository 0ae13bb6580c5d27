"""Request to teach a model, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.core.datasets.data_set import DataSet
from focus_viewer.core.saliency.model_card import ModelCard
from focus_viewer.core.spectra.span_text import Span
from focus_viewer.core.validation.report import ValidationReport


@dataclass(frozen=True, eq=False)
class TeachRequest:
    """Request to teach a backbone the classes of a data set.

    Attributes
    ----------
    data_set : DataSet
        Samples without fingerprint get that of their file.
    source : str
        Project that holds it, for the command on the card; empty if it was never saved.
    out : Path
        Folder of the model, named as the model.
    backbone : str
        Name of a bundled model, or the folder of one.
    bands_nm : tuple of Span
        Ranges that may be read; empty for all.
    group : str or None
        Column of groups that are held out as a whole.
    classes : tuple of str
        Those that the data set was restricted to; empty where it was not.
    """

    data_set: DataSet
    source: str
    out: Path
    backbone: str = "focus-leaf"
    bands_nm: tuple[Span, ...] = ()
    group: str | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TaughtResult:
    """Model that was taught and written.

    Attributes
    ----------
    report : ValidationReport or None
        Of leaving out units, without baselines, control and learning curve; None where nothing
        could be left out.
    problem : str
        Why nothing could be left out.
    """

    folder: Path
    card: ModelCard
    report: ValidationReport | None
    problem: str = ""
