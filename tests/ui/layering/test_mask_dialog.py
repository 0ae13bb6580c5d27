"""The window of the mask, by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui.fakes import make_cube

from focus_viewer.core.cubes.acquisition import Acquisition
from focus_viewer.core.pictures.composite import CompositeRecipe
from focus_viewer.core.regions.shapes import Rectangle
from focus_viewer.session.session import Session
from focus_viewer.session.state.document import Document
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.image.pixel_readout import readout
from focus_viewer.ui.layering.mask_dialog import MaskDialog
from focus_viewer.ui.layering.rule_form import FILE
from focus_viewer.ui.regions.panel import RegionPanel, limits_text


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, workbench: Workbench) -> MaskDialog:
    session.documents.open(make_cube(20, 30))
    made = MaskDialog(session, workbench.masks, str)
    qtbot.addWidget(made)
    made.show()
    return made


def document_of(session: Session) -> Document:
    assert session.state.document is not None
    return session.state.document


def test_limits_are_typed_and_the_count_is_shown(
    qtbot: QtBot, dialog: MaskDialog, session: Session
) -> None:
    dialog.form.expression.clear()
    qtbot.keyClicks(dialog.form.expression, "r800 / r670")
    dialog.form.low.clear()
    qtbot.keyClicks(dialog.form.low, "3,5")
    qtbot.keyClick(dialog.form.low, Qt.Key.Key_Return)
    mask = document_of(session).inside
    assert mask is not None and mask.words == "r800 / r670 at least 3.5"
    assert dialog.count.text().startswith(f"{mask.pixels:,} of 600 px inside")
    assert dialog.used.isChecked()
    dialog.used.click()
    assert document_of(session).inside is None
    assert document_of(session).known_mask is mask


@pytest.mark.parametrize(
    ("expression", "low", "reason"),
    [
        ("r2200", "0", "no good band"),
        ("r800", "much", "expected a number, found 'much'"),
        ("r800", "nan", "expected a finite number, found nan"),
        ("r800", "", "expected a lower or an upper limit"),
    ],
)
def test_a_rule_that_is_not_possible_says_why(
    dialog: MaskDialog, expression: str, low: str, reason: str
) -> None:
    dialog.form.expression.setText(expression)
    dialog.form.low.setText(low)
    assert not dialog.start.isEnabled()
    assert reason in dialog.form.about.text()


def test_rules_are_combined_inverted_and_cleared(dialog: MaskDialog, session: Session) -> None:
    assert not dialog.combine["and"].isEnabled() and not dialog.clear.isEnabled()
    session.regions.draw(Rectangle((0, 0), (10, 20)))
    dialog.form.kind.setCurrentIndex(2)
    dialog.start.click()
    session.regions.draw(Rectangle((0, 0), (30, 5)))  # selected now
    dialog.combine["and not"].click()
    assert document_of(session).inside.words == "Region 1 and not Region 2"  # type: ignore[union-attr]
    assert dialog.count.text().startswith("150 of 600")
    dialog.invert.click()
    assert dialog.count.text().startswith("450 of 600")
    dialog.region.click()
    assert document_of(session).annotations.regions[-1].outline.crop((20, 30)).pixels == 450  # type: ignore[union-attr]
    dialog.clear.click()
    assert "statistics are of all pixels" in dialog.count.text()


def test_saturation_shows_what_the_file_declares(dialog: MaskDialog, session: Session) -> None:
    dialog.form.kind.setCurrentIndex(4)
    assert "saturation shows in counts only" in dialog.form.about.text()
    counts = replace(make_cube(20, 30), units="counts", acquisition=Acquisition(highest_value=255))
    session.documents.open(counts)
    assert dialog.form.level.placeholderText() == "255"
    dialog.start.click()
    assert "the highest number that the file can hold" in dialog.words.text()


def test_a_count_that_is_no_number_is_refused(dialog: MaskDialog, session: Session) -> None:
    session.documents.open(replace(make_cube(20, 30), units="counts"))
    dialog.form.kind.setCurrentIndex(4)
    dialog.form.level.setText("nan")
    assert "expected a finite number" in dialog.form.about.text()
    assert not dialog.start.isEnabled()


def test_buttons_and_fields_have_letters_of_their_own(dialog: MaskDialog) -> None:
    controls = (dialog.used, dialog.start, dialog.invert, dialog.clear, *dialog.combine.values())
    letters = [each.text().partition("&")[2][:1].lower() for each in controls]
    assert "" not in letters and len(set(letters)) == len(letters)
    assert dialog.form.limits.focusProxy() is dialog.form.low


def test_limits_of_the_picture_need_one_channel(dialog: MaskDialog, session: Session) -> None:
    dialog.form.kind.setCurrentIndex(1)
    assert not dialog.start.isEnabled()
    session.view.set_recipe(CompositeRecipe("band", (3,)))
    low, high = document_of(session).composite.limits[0]  # type: ignore[union-attr]
    dialog.start.click()
    band = document_of(session).cube.band(3)
    inside = document_of(session).inside
    assert inside is not None
    assert np.array_equal(inside.inside, (band >= low) & (band <= high))


def test_a_file_is_chosen_when_its_rule_is_applied(
    dialog: MaskDialog, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", staticmethod(lambda *_: ("/d/leaf.geojson", ""))
    )
    dialog.form.kind.setCurrentIndex(FILE)
    dialog.start.click()
    assert document_of(session).inside.words == "the regions of leaf.geojson"  # type: ignore[union-attr]


def test_the_table_of_regions_says_what_it_is_limited_to(
    qtbot: QtBot, session: Session, workbench: Workbench, dialog: MaskDialog
) -> None:
    panel = RegionPanel(session)
    qtbot.addWidget(panel)
    session.regions.draw(Rectangle((0, 0), (10, 20)))
    assert panel.limits.isHidden()
    dialog.form.kind.setCurrentIndex(2)
    dialog.start.click()
    assert panel.limits.text() == "Only pixels inside the mask, Region 1 (200 of 600 px)"
    assert not panel.limits.isHidden()
    session.masks.use(False)
    assert panel.limits.isHidden()
    pending = replace(document_of(session), mask=None)
    used = replace(pending, mask_recipe=replace(pending.mask_recipe, used=True))
    assert "is being computed" in limits_text([used])


def test_the_read_out_says_of_a_pixel_that_it_is_outside(
    dialog: MaskDialog, session: Session
) -> None:
    session.regions.draw(Rectangle((0, 0), (10, 20)))
    dialog.form.kind.setCurrentIndex(2)
    dialog.start.click()
    session.selection.hover(3, 4)
    assert "mask" not in readout(session.state, None)
    session.selection.hover(3, 14)
    assert readout(session.state, None).endswith("outside the mask")
