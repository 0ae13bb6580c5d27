"""Tables and sentences of a study report."""

from __future__ import annotations

from collections.abc import Sequence

from focus_viewer.core.counted import counted
from focus_viewer.core.studies.comparison import Comparison, GroupSummary
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.study import NOT_EXPLAINED, Study
from focus_viewer.core.studies.words import number_text
from focus_viewer.version import __version__

Rows = list[tuple[str, ...]]

METHOD = (
    "Rows of one unit are averaged first; spread is one standard deviation over units. Tests "
    "permute units; on curves the greatest statistic over all wavelengths is taken, so that the "
    "chance of any false wavelength is at most 5 %. Hedges, J. Educ. Stat. 6 (1981) 107; "
    "Westfall & Young (1993); Nichols & Holmes, Hum. Brain Mapp. 15 (2002) 1."
)
SHADING = "Blue: wavelengths at which groups differ. Grey, or dashed for F: range by chance."


def group_table(found: Sequence[Comparison]) -> tuple[tuple[str, ...], Rows]:
    """Return titles and rows: each group with its units, and mean and spread of the value."""
    values = next((each for each in found if each.quantity.kind == "value"), None)
    first = values or next(iter(found), None)
    if first is None:
        return (), []
    titles: tuple[str, ...] = (first.plan.column, f"units ({first.plan.unit})")
    if values is not None:
        titles = (*titles, f"{values.quantity.title}, mean", "sd")
    return titles, [_group_row(group, values is not None) for group in first.summaries]


def _group_row(group: GroupSummary, with_value: bool) -> tuple[str, ...]:
    row = (group.name, str(group.units))
    if not with_value:
        return row
    sd = number_text(float(group.sd[0])) if group.units > 1 else "not known"
    return (*row, number_text(float(group.mean[0])), sd)


def data_text(study: Study, plan: StudyPlan) -> str:
    """Return what was compared, in a line."""
    cubes = [row for row in study.rows if not row.region]
    failed = sum(row.failed for row in cubes)
    waiting = sum(row.error == NOT_EXPLAINED for row in cubes)
    parts = [f"{study.source}: {counted(len(cubes), 'cube')}"]
    parts += [f"{failed} of them failed"] if failed else []
    parts += [f"{waiting} of them {NOT_EXPLAINED}"] if waiting else []
    rows = "whole cubes" if plan.parts == "cubes" else "regions"
    return f"{', '.join(parts)}; {rows} compared by {plan.column}, units are {plan.unit}"


def notes_of(study: Study, found: Sequence[Comparison]) -> tuple[str, ...]:
    """Return what was left out and what must be known, each once."""
    own = [each.notes for each in found]
    common = [note for note in dict.fromkeys(sum(own, ())) if all(note in each for each in own)]
    named = (
        f"{each.quantity.title}: {note}"
        for each in found
        for note in each.notes
        if note not in common
    )
    return (*study.notes, *common, *named)


def versions_text(study: Study) -> str:
    """Return program and models."""
    models = [f"{name} {text}" for name, text in study.versions.items()]
    return ", ".join([f"FOCUS Viewer {__version__}", *models])
