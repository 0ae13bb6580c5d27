"""Pictures of the guide: what is done in the window for each, and the part of it that is shown."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from batch_folders import write_batch
from gl.driver import PATIENCE_MS, SAMPLE, Driver
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDockWidget, QWidget

from focus_viewer.assets import folder
from focus_viewer.session.state.state import Change
from focus_viewer.ui.preprocessing.bad_bands_dialog import BadBandsDialog
from focus_viewer.ui.status.problem_banner import ProblemBanner
from focus_viewer.ui.study.dialog import StudyDialog

Shown = QWidget | QPixmap
Doing = Callable[[Driver, Path], Shown]


@dataclass(frozen=True)
class Picture:
    """Picture of the guide, and how it comes about."""

    name: str
    make: Doing


def _explained(driver: Driver) -> None:
    driver.drop(SAMPLE)
    driver.wait_until_explained()


def _sample_project(driver: Driver) -> None:
    driver.drop(folder("resources") / "sample.focus.json")
    driver.wait_until_explained()
    driver.qtbot.waitUntil(lambda: driver.document.measures is not None, timeout=PATIENCE_MS)


def _panel(driver: Driver, name: str) -> QDockWidget:
    dock = driver.window.findChild(QDockWidget, name)
    assert dock is not None
    dock.show()
    dock.raise_()
    return dock


def first_hour(driver: Driver, _: Path) -> Shown:
    _sample_project(driver)
    return driver.window


def verdict(driver: Driver, _: Path) -> Shown:
    _explained(driver)
    assert driver.window.class_panel.verdict.isVisible()
    return driver.window.class_panel


def open_data_file(driver: Driver, _: Path) -> Shown:
    driver.drop(SAMPLE.with_suffix(".img"))
    driver.wait_until_explained()
    return driver.window.centralWidget()


def interleaves(driver: Driver, place: Path) -> Shown:
    from spectral import envi

    cube = np.asarray(envi.open(str(SAMPLE), str(SAMPLE.with_suffix(".img"))).load())
    for name in ("bsq", "bil", "bip"):
        path = place / f"leaf_{name}.hdr"
        meta = envi.read_envi_header(str(SAMPLE))
        del meta["reflectance scale factor"]  # loaded values are scaled
        envi.save_image(str(path), cube, interleave=name, metadata=meta, ext="img", force=True)
        driver.drop(path)
        driver.qtbot.waitUntil(
            lambda name=name: (
                driver.session.state.document is not None
                and driver.document.cube.name == f"leaf_{name}"
            ),
            timeout=PATIENCE_MS,
        )
    driver.wait_until_explained("leaf_bip")
    _panel(driver, "metadata")
    assert len(driver.session.state.documents.items) == 3
    assert "BIP" in driver.document.cube.stored.upper()
    return driver.window


def short_file(driver: Driver, place: Path) -> Shown:
    for suffix in (".hdr", ".img"):
        shutil.copy(SAMPLE.with_suffix(suffix), place)
    data = place / "leaf.img"
    data.write_bytes(data.read_bytes()[:-100_000])
    driver.drop(place / "leaf.hdr")
    banner = driver.window.findChild(ProblemBanner)
    assert banner is not None
    driver.qtbot.waitUntil(banner.isVisible, timeout=PATIENCE_MS)
    return banner


def large(driver: Driver, place: Path) -> Shown:
    """A file of 32 GB that takes no room on the disk."""
    rows, cols, bands = 20_000, 8_000, 100
    centres = [str(400 + 20 * band) for band in range(bands)]
    header = (
        f"ENVI\nsamples = {cols}\nlines = {rows}\nbands = {bands}\nheader offset = 0\n"
        "data type = 12\ninterleave = bsq\nbyte order = 0\nreflectance scale factor = 10000\n"
        f"wavelength units = nm\nwavelength = {{{', '.join(centres)}}}\n"
    )
    (place / "large.hdr").write_text(header)
    with (place / "large.img").open("wb") as data:
        data.truncate(rows * cols * bands * 2)
    driver.drop(place / "large.hdr")
    driver.qtbot.waitUntil(lambda: driver.session.state.document is not None, timeout=PATIENCE_MS)
    driver.workbench.explaining.cancel()
    _panel(driver, "metadata")
    return driver.window.metadata_panel


def wavelengths(driver: Driver, _: Path) -> Shown:
    _sample_project(driver)
    driver.session.selection.leave()
    return driver.window.curve_view


def drag(driver: Driver, _: Path) -> Shown:
    _explained(driver)
    plots = driver.window.curve_view.plots.viewport()
    center = driver.session.state.view.window_nm.center_nm
    driver.drag(plots, driver.curve_point(center), driver.curve_point(1500))
    assert abs(driver.session.state.view.window_nm.center_nm - 1500) < 25
    return driver.window


def bad_bands(driver: Driver, _: Path) -> Shown:
    _explained(driver)
    assert not driver.document.cube.good_bands.all()
    driver.window.commands["bad_bands"].trigger()
    dialog = driver.window.findChild(BadBandsDialog)
    assert dialog is not None
    driver.qtbot.waitUntil(dialog.isVisible)
    return dialog


def pins(driver: Driver, _: Path) -> Shown:
    _explained(driver)
    for row, col in ((45, 60), (30, 85), (60, 100)):
        driver.session.pins.toggle(row, col)
    driver.qtbot.waitUntil(
        lambda: all(pin.spectrum is not None for pin in driver.document.pins),
        timeout=PATIENCE_MS,
    )
    assert len(driver.document.pins) == 3
    return driver.window


def region_means(driver: Driver, _: Path) -> Shown:
    _sample_project(driver)
    _panel(driver, "regions")
    return driver.window


def linked(driver: Driver, place: Path) -> Shown:
    _explained(driver)
    for suffix in (".hdr", ".img"):
        shutil.copy(SAMPLE.with_suffix(suffix), place / f"second{suffix}")
    driver.drop(place / "second.hdr")
    driver.wait_until_explained("second")
    driver.window.commands["compare"].trigger()
    assert driver.session.state.comparison.pair is not None
    driver.qtbot.waitUntil(
        lambda: (
            driver.session.state.other is not None
            and driver.session.state.other.composite is not None
        ),
        timeout=PATIENCE_MS,
    )
    return driver.window.image_area


def figure(driver: Driver, place: Path) -> Shown:
    header = SAMPLE.read_text(encoding="utf-8")
    where = "map info = {UTM, 1, 1, 390000, 5810000, 0.001, 0.001, 33, North, WGS-84, units=Meters}"
    (place / "leaf.hdr").write_text(f"{header.rstrip()}\n{where}\n", encoding="utf-8")
    shutil.copy(SAMPLE.with_suffix(".img"), place)
    driver.drop(place / "leaf.hdr")
    driver.wait_until_explained()
    driver.window.commands["figure"].trigger()
    dialog = driver.window.dialogs._figure
    assert dialog is not None
    driver.qtbot.waitUntil(lambda: not dialog.preview.image.isNull(), timeout=PATIENCE_MS)
    return dialog


def session(driver: Driver, place: Path) -> Shown:
    _sample_project(driver)
    state = driver.session.state
    assert state.project.path is not None
    assert state.document is not None
    assert state.document.annotations.regions
    assert state.document.pins
    return driver.window.image_area


def progress(driver: Driver, _: Path) -> Shown:
    """Taken the moment that it runs: a fast machine is soon done."""
    taken: list[QPixmap] = []

    def take(change: Change) -> None:
        job = change.after.jobs.explaining
        if not taken and job.is_running() and job.stage == "explaining":
            taken.append(driver.window.grab())

    driver.session.changed.connect(take)
    driver.drop(SAMPLE)
    driver.qtbot.waitUntil(lambda: bool(taken), timeout=PATIENCE_MS)
    return taken[0]


def drop(driver: Driver, _: Path) -> Shown:
    driver.window._welcome.highlight(True)
    return driver.window


def many_channels(driver: Driver, _: Path) -> Shown:
    _explained(driver)
    volume = driver.session.state.viewed_volume
    assert volume is not None
    assert volume.values.shape[-1] > 3
    return driver.window.volume_view


def teaching(driver: Driver, _: Path) -> Shown:
    _sample_project(driver)
    driver.window.commands["teach"].trigger()
    return driver.window.teach_panel


def study(driver: Driver, place: Path) -> Shown:
    driver.drop(write_batch(place / "batch") / "cubes.csv")
    driver.qtbot.waitUntil(
        lambda: driver.session.state.studied.found is not None, timeout=PATIENCE_MS
    )
    driver.qtbot.waitUntil(lambda: driver.window.findChild(StudyDialog) is not None)
    dialog = driver.window.findChild(StudyDialog)
    assert dialog is not None
    driver.qtbot.waitUntil(dialog.isVisible)
    return dialog


PICTURES = (
    Picture("first-hour", first_hour),
    Picture("verdict", verdict),
    Picture("open", open_data_file),
    Picture("interleave", interleaves),
    Picture("short-file", short_file),
    Picture("large", large),
    Picture("wavelengths", wavelengths),
    Picture("drag", drag),
    Picture("bad-bands", bad_bands),
    Picture("pins", pins),
    Picture("region-means", region_means),
    Picture("linked", linked),
    Picture("figure", figure),
    Picture("session", session),
    Picture("progress", progress),
    Picture("drop", drop),
    Picture("many-channels", many_channels),
    Picture("teaching", teaching),
    Picture("study", study),
)
