"""The whole explorer with its real files, model, threads and OpenGL, driven by mouse and keys."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from gl.driver import LEFT, SAMPLE, Driver
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget

from focus_viewer.core.spectra.band_window import BandWindow

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    # vispy asks the mouse where it is as Qt 5 did
    pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning"),
]


def picture_of(widget: QWidget) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., :3].copy()


def nm_per_px(driver: Driver) -> float:
    box = driver.window.curve_view.importance.vb
    low, high = box.viewRange()[0]
    return float((high - low) / box.width())


def test_an_hour_with_the_explorer(driver: Driver) -> None:
    window, session, qtbot = driver.window, driver.session, driver.qtbot

    driver.drop(SAMPLE.with_suffix(".img"))
    driver.wait_until_explained()
    assert driver.document.explanation is not None
    assert driver.document.explanation.cost.backward_passes == 0
    assert window.job_status.text.text().startswith("Explained in ")
    assert window.job_status.text.text().endswith(": 1 forward pass, no gradients")
    qtbot.waitUntil(lambda: driver.document.composite is not None)

    # Click the curve at 720 nm: window, map and plane follow.
    plots = window.curve_view.plots.viewport()
    qtbot.wait(500)  # the panels have found their places
    before = picture_of(window.image_view)
    driver.click(plots, driver.curve_point(720))
    qtbot.waitUntil(lambda: abs(session.state.view.window_nm.center_nm - 720) <= nm_per_px(driver))
    assert (picture_of(window.image_view) != before).any()

    # Drag the line.
    clicked = session.state.view.window_nm.center_nm
    driver.drag(plots, driver.curve_point(clicked), driver.curve_point(1450))
    qtbot.waitUntil(
        lambda: abs(session.state.view.window_nm.center_nm - 1450) <= 2 * nm_per_px(driver),
    )

    # Arrow keys step by band.
    axis = driver.document.cube.axis[driver.document.cube.good_bands]
    near = int(np.argmin(np.abs(axis - session.state.view.window_nm.center_nm)))
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert session.state.view.window_nm.center_nm == axis[near + 1]
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert session.state.view.window_nm.center_nm == axis[near]

    # Choose another class: the volume on the screen is another one.
    classes = window.class_panel.classes
    before_class, before_volume = driver.document.class_name, session.state.volume
    other = next(row for row in range(classes.count()) if classes.item(row).text() != before_class)
    driver.click(classes.viewport(), classes.visualItemRect(classes.item(other)).center())
    assert driver.document.class_name == classes.item(other).text()
    assert session.state.volume is not before_volume

    # Attention instead of evidence.
    driver.click(window.class_panel.modes["attention"], QPoint(10, 10))
    assert session.state.volume is not None
    assert not session.state.volume.signed

    # Hover and pin in the image.
    canvas = window.image_view.canvas
    place = canvas.mapFromScene(canvas.box.mapViewToScene(QPointF(80.5, 60.5)))
    qtbot.mouseMove(canvas.viewport(), place + QPoint(3, 3))
    qtbot.mouseMove(canvas.viewport(), place)
    qtbot.waitUntil(lambda: session.state.selection.spectrum is not None)
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=place)
    qtbot.waitUntil(lambda: bool(driver.document.pins))
    assert (driver.document.pins[0].row, driver.document.pins[0].col) == (60, 80)
    qtbot.waitUntil(lambda: driver.document.pins[0].spectrum is not None)


def test_a_click_in_the_volume_selects_wavelength_and_pixel(driver: Driver) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    volume = driver.session.state.volume
    assert volume is not None
    driver.session.view.set_window(2400)
    scene = driver.window.volume_view.body
    place = strongest_voxel_on_screen(driver)
    driver.qtbot.mouseClick(scene.canvas.native, LEFT, pos=place)
    driver.qtbot.waitUntil(lambda: bool(driver.document.pins))
    pin, window = driver.document.pins[0], driver.session.state.view.window_nm
    assert window.center_nm in volume.centers_nm
    cell = (
        pin.row * volume.values.shape[0] // volume.image_shape[0],
        pin.col * volume.values.shape[1] // volume.image_shape[1],
    )
    group = int(np.argmin(np.abs(volume.centers_nm - window.center_nm)))
    strength = np.abs(volume.values)
    assert strength[*cell, group] >= 0.9 * strength.max()


def strongest_voxel_on_screen(driver: Driver) -> QPoint:
    volume = driver.session.state.volume
    assert volume is not None
    rows, cols, _ = volume.values.shape
    row, col, group = np.unravel_index(np.argmax(np.abs(volume.values)), volume.values.shape)
    scene = driver.window.volume_view.body
    box = scene.box
    at = (
        (col + 0.5) / cols * box.width,
        (1 - (row + 0.5) / rows) * box.depth,
        box.z_of(float(volume.centers_nm[group])),
    )
    mapped = scene.frame.node.get_transform("visual", "canvas").map([*at, 1])
    return QPoint(*(round(value / mapped[3]) for value in mapped[:2]))


def test_a_job_is_cancelled_by_its_button_and_started_again_by_key(driver: Driver) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_F5)
    driver.wait_until_running()
    driver.qtbot.mouseClick(driver.window.job_status.cancel, LEFT)
    driver.qtbot.waitUntil(lambda: driver.session.state.jobs.explaining.status == "cancelled")
    assert driver.document.explanation is not None
    assert driver.window.job_status.text.text() == "Explaining leaf: cancelled"


def test_a_second_cube_dropped_while_the_first_is_explained(driver: Driver, tmp_path: Path) -> None:
    for suffix in (".hdr", ".img"):
        shutil.copy(SAMPLE.with_suffix(suffix), tmp_path / f"second{suffix}")
    driver.drop(SAMPLE)
    driver.wait_until_running()
    driver.drop(tmp_path / "second.hdr", tmp_path / "second.img")
    driver.wait_until_explained("second")
    first, second = driver.session.state.documents.items
    assert (first.outcome, second.outcome) == ("none", "done")
    assert driver.session.state.documents.active == second.id
    driver.session.documents.activate(first.id)
    driver.wait_until_explained("leaf")


def test_a_file_that_is_no_cube_leaves_the_open_one(driver: Driver, tmp_path: Path) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    wrong = tmp_path / "notes.hdr"
    wrong.write_text("this is no header", encoding="utf-8")
    driver.drop(wrong)
    driver.qtbot.waitUntil(lambda: driver.session.state.requests.problem is not None)
    assert "notes.hdr" in str(driver.session.state.requests.problem)
    assert driver.document.cube.name == "leaf"


def test_closing_during_a_job_ends_cleanly(driver: Driver) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_running()
    driver.window.close()
    assert not driver.window.isVisible()
    assert driver.session.state.jobs.explaining.status == "running"  # nobody was left to end it


def test_the_first_explanation_goes_to_the_strongest_wavelengths(driver: Driver) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_explained()
    volume = driver.session.state.volume
    assert volume is not None
    assert driver.session.state.view.window_nm == BandWindow(
        float(volume.centers_nm[int(np.argmax(volume.values.sum(axis=(0, 1))))]), 50.0
    )
