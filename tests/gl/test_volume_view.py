"""The 3D view: what is seen on the canvas, and what mouse and keys do, under a real display."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gl.stage import COLS, ROWS, Stage, changed, middle
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from ui.fakes import FakeServices, ImmediateRunner, make_cube, make_explanation
from vispy.visuals.shaders.program import ModularProgram

from focus_viewer.core.typing import FloatArray
from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench
from focus_viewer.ui.volume.grid import Box
from focus_viewer.ui.volume.visual import SaliencyCloud
from focus_viewer.ui.volume.volume_view import VolumeView

pytestmark = [
    pytest.mark.gl,
    # vispy asks mouse events for their place in the way of Qt 5.
    pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning"),
]

METHODS = ("translucent", "mip")
# A cell of the 12 x 16 grid, the pixel in its middle (cells are 4 x 4 pixels), and its group.
CELL, PIXEL, GROUP = (3, 11), (14, 46), 6


def nothing() -> FloatArray:
    return np.zeros((12, 16, 10), dtype=np.float32)


def single(value: float = 1.0, cell: tuple[int, int] = CELL, group: int = GROUP) -> FloatArray:
    values = nothing()
    values[(*cell, group)] = value
    return values


def shown(stage: Stage, values: FloatArray, method: str = "translucent") -> FloatArray:
    stage.show(values)
    stage.session.view.set_display(replace(stage.session.state.view.display, volume_method=method))
    return stage.pixels()


# What is seen


@pytest.mark.parametrize("method", METHODS)
def test_a_voxel_is_seen_where_its_pixel_and_wavelength_are(stage: Stage, method: str) -> None:
    empty = shown(stage, nothing(), method)
    difference = changed(empty, shown(stage, single(), method))
    assert difference.max() > 60
    np.testing.assert_allclose(middle(difference), stage.place(*PIXEL, stage.nm_of(GROUP)), atol=4)


@pytest.mark.parametrize("cell", [(0, 0), (0, 15), (11, 0)])
def test_rows_and_columns_are_neither_mirrored_nor_swapped(
    stage: Stage, cell: tuple[int, int]
) -> None:
    image = np.zeros((ROWS, COLS, 3), dtype=np.uint8)
    row, col = cell[0] * 4, cell[1] * 4
    stage.lay_picture(image)
    stage.session.view.set_window(1000)
    dark = stage.pixels()
    image = image.copy()
    image[row : row + 4, col : col + 4] = 255
    stage.lay_picture(image)
    on_floor = middle(changed(dark, stage.pixels()))
    stage.lay_picture(np.zeros_like(image))
    empty = shown(stage, nothing())
    in_volume = middle(changed(empty, shown(stage, single(cell=cell))))
    floor, voxel = (stage.place(row + 1.5, col + 1.5, nm) for nm in (400, stage.nm_of(GROUP)))
    np.testing.assert_allclose(on_floor, floor, atol=3)
    np.testing.assert_allclose(in_volume, voxel, atol=5)


@pytest.mark.parametrize("rows", [ROWS, ROWS - 16])
def test_the_picture_of_one_cube_never_lies_under_another(stage: Stage, rows: int) -> None:
    stage.show(nothing(), rows)
    bare = stage.pixels()
    first, second = (document.id for document in stage.session.state.documents.items)
    stage.session.documents.activate(first)
    stage.lay_picture(np.full((ROWS, COLS, 3), 255, dtype=np.uint8))
    assert changed(bare, stage.pixels()).max() > 60
    stage.session.documents.activate(second)
    stage.settle()
    assert changed(bare, stage.pixels()).max() == 0


def test_row_0_is_at_the_back_and_column_0_on_the_left(stage: Stage) -> None:
    stage.scene.camera.azimuth = 0
    stage.settle()
    back, front = stage.place(0, 32, 400), stage.place(ROWS - 1, 32, 400)
    left, right = stage.place(24, 0, 400), stage.place(24, COLS - 1, 400)
    assert back[1] < front[1] - 20
    assert left[0] < right[0] - 100
    assert stage.place(24, 32, 1000)[1] < stage.place(24, 32, 400)[1] - 100


@pytest.mark.parametrize("method", METHODS)
def test_evidence_against_is_seen_in_another_colour(stage: Stage, method: str) -> None:
    empty = shown(stage, nothing(), method)
    x, y = np.rint(stage.place(*PIXEL, stage.nm_of(GROUP))).astype(int)
    speaks_for = (shown(stage, single(1.0), method) - empty)[y, x]
    against = (shown(stage, single(-1.0), method) - empty)[y, x]
    assert speaks_for[0] > speaks_for[2] + 30, "for is red to orange"
    assert against[2] > against[0] + 30, "against is blue"


def test_the_strongest_of_both_signs_is_seen_in_the_maximum_projection(stage: Stage) -> None:
    values = nothing()
    values[4:8, 4:12, 2], values[4:8, 4:12, 7] = 0.4, -0.9
    only_against = np.where(values < 0, values, 0)
    stage.scene.camera.elevation = 90
    stage.settle()
    both = shown(stage, values, "mip")
    np.testing.assert_allclose(both, shown(stage, only_against, "mip"), atol=2)
    assert changed(both, shown(stage, nothing(), "mip")).max() > 60


def test_thin_peaks_are_as_bright_wherever_they_lie_between_samples(stage: Stage) -> None:
    stage.scene.camera.elevation = 90
    stage.settle()
    stage.scene.cloud.set_quality(1.0, 14)
    empty = shown(stage, nothing(), "mip")
    seen = []
    for group in range(1, 9):
        values = nothing()
        values[4:8, 4:12, group] = 0.7
        seen.append(changed(empty, shown(stage, values, "mip")).max())
    assert min(seen) > 0.85 * max(seen) > 50


@pytest.mark.parametrize("method", METHODS)
def test_no_data_is_transparent(stage: Stage, method: str) -> None:
    empty = shown(stage, nothing(), method)
    missing = np.full((12, 16, 10), np.nan, dtype=np.float32)
    assert changed(empty, shown(stage, missing, method)).max() == 0


def test_attention_is_seen_where_evidence_is(stage: Stage) -> None:
    stage.show(nothing())
    stage.session.view.set_display(replace(stage.session.state.view.display, mode="attention"))
    empty = stage.pixels()
    stage.show(single())
    assert "Attention" in stage.view.caption.text()
    difference = changed(empty, stage.pixels())
    np.testing.assert_allclose(middle(difference), stage.place(*PIXEL, stage.nm_of(GROUP)), atol=4)


def test_the_axis_tells_round_wavelengths_where_they_are(stage: Stage) -> None:
    labels = stage.scene.axis.labels
    box = stage.scene.box
    assert box is not None
    assert list(labels.text) == [f"{nm} nm" for nm in range(400, 1001, 100)]
    for text, place in zip(labels.text, labels.pos, strict=True):
        assert place[2] == pytest.approx(box.z_of(float(text.removesuffix(" nm"))), abs=1e-5)
    with_labels = stage.pixels()
    labels.visible = False
    assert changed(with_labels, stage.pixels()).max() > 40


@pytest.mark.parametrize("azimuth", [-150, -60, 30, 120])
def test_the_axis_stays_left_of_the_box(stage: Stage, azimuth: float) -> None:
    stage.scene.camera.azimuth = azimuth
    to_canvas = stage.scene.frame.node.get_transform("visual", "canvas")
    label = to_canvas.map(stage.scene.axis.labels.pos)[3]
    corners = [stage.place(row, col, 700)[0] for row in (0, ROWS - 1) for col in (0, COLS - 1)]
    assert label[0] / label[3] < min(corners)


def test_seen_from_above_there_are_no_numbers(stage: Stage) -> None:
    assert stage.scene.axis.labels.visible
    stage.scene.camera.elevation = 85
    assert not stage.scene.axis.labels.visible
    stage.view.reset_view()
    assert stage.scene.axis.labels.visible


# The selected band


def test_the_plane_follows_the_window_and_nothing_is_cast_or_sent_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(SaliencyCloud, "set_data", lambda self, *given: sent.append(given))
    stage.show(single())
    sent.clear()
    casts = stage.scene.cloud.casts
    before = stage.pixels()
    heights = []
    for nm in (500, 700, 900):
        stage.session.view.set_window(nm)
        after = stage.pixels()
        assert stage.scene.plane.label.text == f"{nm} nm"
        x, y = np.rint(stage.place(24, -0.5, nm)).astype(int)
        assert changed(before, after)[y - 2 : y + 3, x - 2 : x + 3].max() > 40, "the frame is here"
        heights.append(y)
        before = after
    assert heights == sorted(heights, reverse=True)
    assert sent == []
    assert stage.scene.cloud.casts == casts


def test_the_plane_shows_the_heatmap_of_its_window(stage: Stage) -> None:
    stage.session.view.set_window(stage.nm_of(GROUP))
    empty = stage.pixels()
    stage.show(single())
    stage.scene.cloud.visible = False
    stage.session.view.set_window(stage.nm_of(GROUP))
    difference = changed(empty, stage.pixels())
    np.testing.assert_allclose(middle(difference), stage.place(*PIXEL, stage.nm_of(GROUP)), atol=4)
    stage.session.view.set_window(stage.nm_of(1))
    elsewhere = stage.pixels()
    stage.show(nothing())
    stage.scene.cloud.visible = False
    stage.session.view.set_window(stage.nm_of(1))
    assert changed(elsewhere, stage.pixels()).max() == 0


def test_pins_stand_in_their_pixels_in_their_colours(stage: Stage) -> None:
    before = stage.pixels()
    stage.session.pins.toggle(*PIXEL)
    after = stage.pixels()
    document = stage.session.state.document
    assert document is not None
    x, y = np.rint(stage.place(*PIXEL, 800)).astype(int)
    colour = np.array([int(document.pins[0].colour[i : i + 2], 16) for i in (1, 3, 5)])
    near = after[y, x - 2 : x + 3]
    assert np.abs(near - colour).max(axis=1).min() < 90
    stage.session.pins.clear()
    assert changed(before, stage.pixels()).max() == 0


# Mouse and keys


@pytest.mark.parametrize("method", METHODS)
def test_a_click_on_a_voxel_selects_its_wavelength_and_pixel(stage: Stage, method: str) -> None:
    shown(stage, single(), method)
    place = stage.point(*PIXEL, stage.nm_of(GROUP))
    QTest.mouseClick(stage.scene.canvas.native, Qt.MouseButton.LeftButton, pos=place)
    state = stage.session.state
    assert state.view.window_nm.center_nm == pytest.approx(stage.nm_of(GROUP))
    assert state.document is not None
    assert [(pin.row, pin.col) for pin in state.document.pins] == [PIXEL]


def test_a_click_on_nothing_or_with_the_right_button_does_nothing(stage: Stage) -> None:
    shown(stage, single(0.05))
    before = stage.session.state
    canvas = stage.scene.canvas.native
    faint = stage.point(*PIXEL, stage.nm_of(GROUP))
    for place in (faint, QPoint(3, 3)):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    shown(stage, single())
    before = stage.session.state
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton, pos=faint)
    assert stage.session.state == before


def test_a_drag_turns_the_view_and_selects_nothing(stage: Stage) -> None:
    shown(stage, single())
    before, azimuth = stage.session.state, stage.scene.camera.azimuth
    drag(stage, stage.point(*PIXEL, stage.nm_of(GROUP)), QPoint(60, 0))
    assert stage.session.state == before
    assert stage.scene.camera.azimuth != azimuth


def drag(stage: Stage, start: QPoint, way: QPoint) -> None:
    canvas = stage.scene.canvas.native
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + way / 2, delay=20)
    QTest.mouseMove(canvas, start + way, delay=20)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + way)


@pytest.mark.parametrize("how", ["button", "home", "r"])
def test_the_view_can_be_reset(stage: Stage, how: str) -> None:
    shown(stage, single())
    first, pose = stage.pixels(), stage.scene.camera.get_state()
    drag(stage, QPoint(250, 200), QPoint(80, 40))
    stage.scene.camera.scale_factor *= 0.5
    stage.settle()
    assert changed(first, stage.pixels()).max() > 40
    if how == "button":
        QTest.mouseClick(stage.view.reset, Qt.MouseButton.LeftButton)
    else:
        key = Qt.Key.Key_Home if how == "home" else Qt.Key.Key_R
        QTest.keyClick(stage.scene.canvas.native, key)
    stage.settle()
    assert stage.scene.camera.get_state() == pose
    assert changed(first, stage.pixels()).max() == 0


def test_the_camera_stays_when_another_class_is_shown(stage: Stage) -> None:
    stage.scene.camera.azimuth = 70
    stage.session.explanation.choose_class("chlorosis")
    stage.session.explanation.choose_class("healthy")
    assert stage.scene.camera.azimuth == 70


def test_the_method_can_be_chosen_and_follows_the_state(stage: Stage) -> None:
    values = nothing()
    values[2:10, 2:14, 1:9] = 0.35
    first = shown(stage, values)
    combo = stage.view.method
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert stage.session.state.view.display.volume_method == "mip"
    assert changed(first, stage.pixels()).max() > 20
    stage.session.view.set_display(
        replace(stage.session.state.view.display, volume_method="translucent")
    )
    assert combo.currentData() == "translucent"
    assert changed(first, stage.pixels()).max() == 0


# Effort


def test_what_does_not_change_the_volume_does_not_cast_it_again(stage: Stage) -> None:
    shown(stage, single())
    casts = stage.scene.cloud.casts
    stage.session.selection.hover(3, 4)
    stage.session.pins.toggle(5, 6)
    stage.session.view.set_display(replace(stage.session.state.view.display, opacity=0.2))
    stage.pixels()
    assert stage.scene.cloud.casts == casts
    stage.session.view.set_display(replace(stage.session.state.view.display, colourmap="Managua"))
    stage.pixels()
    assert stage.scene.cloud.casts == casts + 1


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[ModularProgram]:
    """Programs whose shaders are compiled from now on."""
    found: list[ModularProgram] = []
    build = ModularProgram._build

    def noted(program: ModularProgram) -> None:
        found.append(program)
        build(program)

    monkeypatch.setattr(ModularProgram, "_build", noted)
    return found


def test_other_colours_are_drawn_by_the_same_shaders(
    stage: Stage, compiled: list[ModularProgram]
) -> None:
    before = shown(stage, single())
    compiled.clear()
    stage.session.view.set_display(replace(stage.session.state.view.display, colourmap="Managua"))
    assert changed(before, stage.pixels()).max() > 10
    assert compiled == []


def test_another_cube_is_drawn_by_the_same_shaders(
    stage: Stage, compiled: list[ModularProgram]
) -> None:
    before = shown(stage, single())
    compiled.clear()
    stage.show(-single(), rows=2 * ROWS)
    assert changed(before, stage.pixels()).max() > 10
    assert compiled == []


def test_fewer_rays_are_cast_while_turning_and_all_at_rest(stage: Stage) -> None:
    resting = shown(stage, single())
    casts = stage.scene.cloud.casts
    stage.scene.camera.azimuth += 1e-4
    assert stage.scene.turning
    stage.pixels()
    stage.settle()
    assert stage.scene.cloud.casts == casts + 2
    assert changed(resting, stage.pixels()).max() <= 12


# The window around it


def test_a_view_made_late_shows_the_state(qtbot: QtBot) -> None:
    session = Session()
    workbench = Workbench(session, ImmediateRunner(), FakeServices())
    session.documents.open(make_cube())
    view = VolumeView(session, workbench)
    qtbot.addWidget(view)
    assert view.pages.currentWidget() is view.body
    assert view.caption.text() == "Evidence for chlorosis, 12 groups × 20 × 30 cells"
    assert make_explanation(make_cube()).predicted == "chlorosis"


def test_without_an_explanation_it_says_what_will_come(stage: Stage) -> None:
    stage.session.documents.open(make_cube())
    assert stage.view.pages.currentWidget() is stage.view.empty
    assert not stage.view.method.isEnabled()
    assert not stage.view.reset.isEnabled()
    stage.session.documents.activate(1)
    assert stage.view.pages.currentWidget() is stage.scene
    assert stage.view.method.isEnabled()


def test_it_survives_another_size_and_another_window(stage: Stage, qtbot: QtBot) -> None:
    shown(stage, single())
    stage.view.resize(700, 380)
    qtbot.waitUntil(lambda: stage.pixels().shape[1] == 700)
    assert bright(stage) > 200
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(stage.view)
    window.resize(600, 500)
    with qtbot.waitExposed(window):
        window.show()
    stage.settle()
    assert bright(stage) > 200
    stage.view.setParent(None)


def bright(stage: Stage) -> int:
    """Pixels that are not background."""
    pixels = stage.pixels()
    return int((np.abs(pixels - pixels[0, 0]).max(axis=2) > 30).sum())


def test_band_numbers_have_no_strip_of_spectral_regions(stage: Stage) -> None:
    stage.show(single())
    axis = stage.scene.axis
    axis.show_box(Box(1.0, 0.75, 1.0, 0.0, 30.0))
    axis.place(30.0, 30.0)
    assert not axis._strip.visible
    axis.show_box(Box(1.0, 0.75, 1.0, 400.0, 1000.0))
    axis.place(30.0, 30.0)
    assert axis._strip.visible


# Labels


def cut_labels(stage: Stage) -> int:
    """How many pixels of labels touch the left or right edge of the canvas."""
    picture = stage.pixels()
    ground = picture[0, picture.shape[1] // 2]
    edges = np.concatenate([picture[:, :2], picture[:, -2:]], axis=1)
    return int((np.abs(edges - ground).max(axis=2) > 20).sum())


def test_letters_lie_in_one_order_whatever_is_shown_first(stage: Stage) -> None:
    shaped = list(stage.scene.axis.labels._font._glyphs)
    stage.show(single())
    assert shaped == list(stage.scene.axis.labels._font._glyphs)
    assert set("2 500–1 000 nm") <= set(shaped)


@pytest.mark.parametrize("size", [(340, 560), (405, 430), (300, 300), (700, 420)])
def test_labels_are_whole_in_views_of_any_shape(stage: Stage, size: tuple[int, int]) -> None:
    stage.show(single())
    stage.view.resize(*size)
    stage.settle()
    assert cut_labels(stage) == 0
    for _ in range(3):
        turn = QPoint(stage.scene.width() // 3, 0)
        start = QPoint(stage.scene.width() // 3, stage.scene.height() // 2)
        native = stage.scene.canvas.native
        QTest.mousePress(native, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(native, start + turn / 2)
        QTest.mouseMove(native, start + turn)
        QTest.mouseRelease(native, Qt.MouseButton.LeftButton, pos=start + turn)
        stage.settle()
        assert cut_labels(stage) == 0
    stage.view.reset_view()
    stage.settle()
    assert cut_labels(stage) == 0
    assert stage.session.state.view.display.camera is None


def test_a_view_that_was_not_turned_is_framed_anew_when_it_is_resized(stage: Stage) -> None:
    stage.show(single())
    wide = stage.scene.camera.scale_factor
    stage.view.resize(300, 460)
    stage.settle()
    assert stage.scene.camera.scale_factor > wide
    assert stage.session.state.view.display.camera is None
    stage.view.resize(520, 460)
    stage.settle()
    assert stage.scene.camera.scale_factor == pytest.approx(wide)
