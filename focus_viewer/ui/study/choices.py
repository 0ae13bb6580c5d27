"""Boxes that choose what a study compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget

from focus_viewer.core.studies.plan import CUBE, StudyPlan
from focus_viewer.core.studies.study import DECIDED, VERDICT, Study
from focus_viewer.session.session import Session
from focus_viewer.session.state.state import State
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.bindings import Binding, Bindings
from focus_viewer.ui.widgets.elided_box import ElidedBox
from focus_viewer.ui.widgets.flow_grid import FlowGrid
from focus_viewer.ui.widgets.labels import label

_WIDEST_PX = 280
_NARROWEST_PX = 200  # the usual names of values fit
_UNIT_TIP = (
    "Images with the same value are averaged first, so that each plant counts once. Images or "
    "pixels of one plant are not independent: as units they make differences out of nothing."
)
_DESIGN = {
    "by the units": "compared within",
    "independent": "taken as different",
}
_DESIGN_TIP = (
    "Units that occur in several groups, such as plants on two days, are compared within "
    "themselves. Choose different ones if plants are numbered anew in each group."
)


class PlanChoices(FlowGrid):
    """Boxes for groups, units, rows, class and value of the plan, in rows that leave them room."""

    def __init__(self, session: Session) -> None:
        super().__init__(_NARROWEST_PX)
        self.setMinimumWidth(4 * _NARROWEST_PX + 3 * theme.GAP_PX)  # never in more than two rows
        self._session = session
        self.column = _box("Column of the groups that are compared")
        self.unit = _box(_UNIT_TIP)
        self.design = _box(_DESIGN_TIP)
        self.parts = _box("Which rows are compared")
        self.class_name = _box("Class of the importance curves")
        self.value = _box("Value that is compared")
        self._lay_out()
        self._bindings = Bindings(
            session, Binding(self._show, lambda state: (state.studied.study, state.studied.plan))
        )

    def _lay_out(self) -> None:
        cells = []
        for caption, box in (
            ("Groups", self.column),
            ("Unit", self.unit),
            ("Units in several groups", self.design),
            ("Rows", self.parts),
            ("Importance for", self.class_name),
            ("Value", self.value),
        ):
            cells.append(cell := QWidget())
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label(caption, "small"))
            column.addWidget(box)
            box.activated.connect(self._choose)
        self.show_widgets(cells)

    def _show(self, state: State) -> None:
        study, plan = state.studied.study, state.studied.plan
        self.setEnabled(study is not None)
        if study is None or plan is None:
            return
        columns = study.columns
        _fill(self.column, columns, plan.column)
        _fill(self.unit, _units(study, plan.column), plan.unit)
        _fill(self.design, list(_DESIGN), plan.design, list(_DESIGN.values()))
        self.design.setEnabled(plan.unit != CUBE)  # a cube is in one group
        parts = ["cubes", "regions"] if study.has_regions else ["cubes"]
        _fill(self.parts, parts, plan.parts, ["whole cubes", "regions"][: len(parts)])
        _fill(self.class_name, study.classes, plan.class_name)
        _fill(self.value, study.value_names, plan.value)

    def _choose(self) -> None:
        plan = self._session.state.studied.plan
        if plan is not None:
            self._session.studies.change_plan(self._chosen(plan))

    def _chosen(self, plan: StudyPlan) -> StudyPlan:
        return replace(
            plan,
            column=self.column.currentData(),
            unit=self.unit.currentData(),
            design=self.design.currentData(),
            parts=self.parts.currentData(),
            class_name=self.class_name.currentData() or "",
            value=self.value.currentData() or "",
        )


def _units(study: Study, column: str) -> list[str]:
    """Return the columns that can be units: the cube itself first, then those of the user."""
    own = [name for name in study.columns if name not in (DECIDED, VERDICT, column, CUBE)]
    return [*own, CUBE]


def _box(tip: str) -> QComboBox:
    box = ElidedBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    box.setMaximumWidth(_WIDEST_PX)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def _fill(
    box: QComboBox, values: Sequence[str], chosen: str, texts: Sequence[str] | None = None
) -> None:
    """List values and mark the chosen one, without saying that it was chosen."""
    blocked = QSignalBlocker(box)
    if [box.itemData(place) for place in range(box.count())] != list(values):
        box.clear()
        for value, text in zip(values, texts or values, strict=True):
            box.addItem(text, value)
    box.setCurrentIndex(max(box.findData(chosen), 0 if values else -1))
    box.setEnabled(len(values) > 1)
    blocked.unblock()
