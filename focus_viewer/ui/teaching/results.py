"""Results of teaching: how good the model is on what was left out, and where to annotate next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from focus_viewer.core.validation.doubt import Place
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.sentences import (
    card_text,
    class_sentences,
    comparison,
    control_text,
    curve_sentences,
    headline,
    number_text,
    split_text,
    training_text,
    units_text,
)
from focus_viewer.core.validation.teaching import TaughtResult
from focus_viewer.ui.teaching.charts import ConfusionView, CurvePlots, RivalBars
from focus_viewer.ui.teaching.place_link import PlaceLink
from focus_viewer.ui.widgets import theme
from focus_viewer.ui.widgets.labels import label

_MOST_PLACES = 8
_PLACES = "Where to annotate next: the least certain places. Click to go there."


class TeachingResults(QWidget):
    """Figures and sentences of what was taught, and of its whole validation once it is there.

    Attributes
    ----------
    place_chosen : signal of Place
        A doubtful place was clicked.
    """

    place_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.score = label("", "heading")
        self.what = label("", "small", wrapped=True)
        self.sentences = label("", "", wrapped=True)
        self.otherwise = label("", "warning", wrapped=True)
        self.warnings = label("", "warning", wrapped=True)
        self.fold = QComboBox()
        self.fold.setToolTip("Confusion of one fold, or of all in sum")
        self.fold.setAccessibleName("Fold")
        self.fold.activated.connect(lambda _: self._show_confusion())
        self.confusion = ConfusionView()
        self.confusion_title = label("Held-out examples: rows true, columns predicted", "small")
        self.rivals = RivalBars()
        self.rivals_title = label("Balanced accuracy beside baselines on mean spectra", "small")
        self.curves_title = label("", "small", wrapped=True)
        self.curve_text = label("", "", wrapped=True)
        self.curves = CurvePlots()
        self.places = QWidget()
        self.places_title = label(_PLACES, "small", wrapped=True)
        self._place_column = QVBoxLayout(self.places)
        self._place_column.setContentsMargins(0, 0, 0, 0)
        self._place_column.setSpacing(0)
        self.split = label("", "small", wrapped=True)
        self._report: ValidationReport | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_PX)
        row = QHBoxLayout()
        row.addWidget(self.confusion_title, 1)
        row.addWidget(self.fold)
        for widget in (self.score, self.what, self.otherwise, self.sentences, self.warnings):
            column.addWidget(widget)
        column.addLayout(row)
        for part in (
            self.confusion,
            self.rivals_title,
            self.rivals,
            self.curves_title,
            self.curves,
            self.curve_text,
            self.places_title,
            self.places,
            self.split,
        ):
            column.addWidget(part)

    def show_result(self, result: TaughtResult | None, whole: ValidationReport | None) -> None:
        """Show what was taught; without a whole validation, what is known without it."""
        report = whole or (result.report if result else None)
        self._report = report
        problem = result.problem if result is not None and whole is None else ""
        self._show_words(report, whole is not None, problem)
        otherwise = card_text(result.card, report) if result and report else ""
        self.otherwise.setText(otherwise)
        self.otherwise.setVisible(bool(otherwise))
        for part in _parts(self.fold, self.confusion, self.confusion_title):
            part.setVisible(report is not None and not report.several)
        for part in _parts(
            *(self.rivals_title, self.rivals, self.curves_title, self.curves, self.curve_text)
        ):
            part.setVisible(whole is not None)
        if report is not None:
            folds = [f"Fold {number + 1}" for number in range(report.folds_a_repeat)]
            self.fold.clear()
            self.fold.addItems(["All folds", *folds])
            self._show_confusion()
        if whole is not None:
            self.rivals.show_report(whole)
            self.curves.show_curve(whole.curve)
            units = units_text(whole.by)
            self.curves_title.setText(f"Learning curves, by {units} of each class taught from")
            self.curve_text.setText(_listed(curve_sentences(whole.curve)))
        self._show_places(whole.places if whole else ())

    def _show_words(self, report: ValidationReport | None, whole: bool, problem: str) -> None:
        self.score.setVisible(report is not None)
        self.split.setVisible(report is not None)
        self.what.setText(problem)
        self.what.setVisible(report is not None or bool(problem))
        self.sentences.setVisible(report is not None)
        self.warnings.setVisible(report is not None and bool(report.warnings))
        if report is None:
            return
        self.score.setText(number_text(report.balanced_accuracy.mean))
        self.what.setText(headline(report))
        said = [*class_sentences(report), training_text(report)]
        if whole:
            said = [*comparison(report), control_text(report), *said]
        self.sentences.setText(_listed(said))
        self.warnings.setText(_listed(report.warnings))
        self.split.setText(split_text(report))

    def _show_confusion(self) -> None:
        report, at = self._report, self.fold.currentIndex()
        if report is None or report.several:
            return
        table = report.table if at <= 0 else report.folds[at - 1].table
        self.confusion.show_table(tuple(row.name for row in report.classes), table)

    def _show_places(self, places: Sequence[Place]) -> None:
        while (item := self._place_column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for place in places[:_MOST_PLACES]:
            link = PlaceLink(place)
            link.clicked.connect(lambda _=False, place=place: self.place_chosen.emit(place))
            self._place_column.addWidget(link)
        self.places_title.setVisible(bool(places))
        self.places.setVisible(bool(places))


def _listed(sentences: Sequence[str]) -> str:
    """Return sentences as a list, or the only one as it is."""
    if len(sentences) == 1:
        return sentences[0]
    return "\n".join(f"\u2022 {sentence}" for sentence in sentences)


def _parts(*widgets: QWidget) -> tuple[QWidget, ...]:
    return widgets
