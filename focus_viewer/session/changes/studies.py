"""Changes of the study that is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from focus_viewer.core.studies.comparison import Comparison
from focus_viewer.core.studies.plan import CUBE, StudyPlan, usual_plan
from focus_viewer.core.studies.study import Study
from focus_viewer.session.state.slices.studies import Studied
from focus_viewer.session.store import Changes


class StudyChanges(Changes):
    """Changes of the study."""

    def show(self, study: Study, place: Path | None) -> None:
        """Show a study read from a place, or that of the open cubes for None.

        The plan before stays where the study has what it names.
        """
        before = self._state.studied
        plan = before.plan if before.place == place else None
        if plan is None or not _fits(plan, study):
            plan = usual_plan(study)
        self._put(Studied(study, place, place is None, plan))

    def change_plan(self, plan: StudyPlan) -> None:
        """Compare otherwise."""
        studied = self._state.studied
        if studied.study is not None and plan != studied.plan:
            self._put(replace(studied, plan=plan, found=()))

    def take(self, study: Study, plan: StudyPlan, found: Sequence[Comparison]) -> None:
        """Take what was found, if study and plan are still the same."""
        studied = self._state.studied
        if studied.study is study and studied.plan == plan:
            self._put(replace(studied, found=tuple(found)))

    def rest(self) -> None:
        """Follow the open cubes no longer."""
        self._put(replace(self._state.studied, follows=False))

    def clear(self) -> None:
        """Forget the study."""
        self._put(Studied())

    def _put(self, studied: Studied) -> None:
        self._store.publish(replace(self._state, studied=studied))


def _fits(plan: StudyPlan, study: Study) -> bool:
    return (
        plan.column in study.columns
        and plan.unit in (CUBE, *study.columns)
        and plan.value in ("", *study.value_names)
        and plan.class_name in ("", *study.classes)
        and (plan.parts == "cubes" or study.has_regions)
    )
