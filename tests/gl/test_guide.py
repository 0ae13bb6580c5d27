"""The guide's pictures show what the window does; FOCUS_RENEW_GUIDE=1 writes them anew."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import numpy as np
import pytest
from gl.driver import PATIENCE_MS, Driver
from gl.guide_pictures import PICTURES, Picture
from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from focus_viewer.ui.volume.volume_view import VolumeView

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
FOLDER = GUIDE / "pictures"
RENEW = os.environ.get("FOCUS_RENEW_GUIDE") == "1"
WINDOW_PX = (1280, 800)
WIDEST_PX = 900
QUALITIES = (80, 65, 50, 35)
MOST_BYTES = 60_000
SKETCH = (48, 32)
# Fonts and drivers move edges by some pixels; another panel, cube or dialog moves far more.
MOST_SIZE_CHANGE = 0.15
LEAST_LIKENESS = 0.85  # correlation of sketches

pytestmark = [
    pytest.mark.gl,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos.*:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def _somebodys_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show a folder of models that is nobody's."""
    monkeypatch.setenv("XDG_DATA_HOME", str(Path(gettempdir()) / "somebody"))


def _settle(driver: Driver) -> None:
    """Wait until the volume is drawn in full."""
    for view in driver.window.findChildren(VolumeView):
        if view.isVisible() and view.pages.currentWidget() is view.body:
            driver.qtbot.waitUntil(lambda view=view: not getattr(view.body, "turning", False))
    driver.qtbot.wait(300)


def _taken(shown: QWidget | QPixmap) -> Image.Image:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture = shown if isinstance(shown, QPixmap) else shown.grab()
    assert picture.save(buffer, "PNG")
    image = Image.open(io.BytesIO(bytes(data.data()))).convert("RGB")
    if image.width > WIDEST_PX:
        height = round(image.height * WIDEST_PX / image.width)
        image = image.resize((WIDEST_PX, height), Image.Resampling.LANCZOS)
    return image


def _write(image: Image.Image, path: Path) -> None:
    """Write as well as fits the limit."""
    for quality in QUALITIES:
        image.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            return


def _sketch(image: Image.Image) -> np.ndarray:
    """Light and dark of a picture, roughly, with mean 0 and length 1."""
    small = np.asarray(image.convert("L").resize(SKETCH, Image.Resampling.BOX), dtype=np.float64)
    level = small - small.mean()
    return level / np.linalg.norm(level)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_of_the_guide_shows_what_the_window_does(
    driver: Driver, picture: Picture
) -> None:
    driver.window.resize(*WINDOW_PX)
    driver.qtbot.waitUntil(lambda: driver.window.width() == WINDOW_PX[0], timeout=PATIENCE_MS)
    with TemporaryDirectory(prefix="plants-") as place:  # its name is seen in the pictures
        shown = picture.make(driver, Path(place))
        if picture.name != "progress":
            _settle(driver)
        image = _taken(shown)
    path = FOLDER / f"{picture.name}.webp"
    if RENEW:
        _write(image, path)
    kept = Image.open(path).convert("RGB")
    assert abs(np.log(np.divide(image.size, kept.size))).max() < MOST_SIZE_CHANGE
    assert np.sum(_sketch(image) * _sketch(kept)) > LEAST_LIKENESS


def test_the_sketch_tells_pictures_of_the_guide_apart() -> None:
    """Else the comparison above could not fail."""
    sketches = [_sketch(Image.open(FOLDER / f"{name}.webp")) for name in ("first-hour", "drop")]
    assert np.sum(sketches[0] * sketches[1]) < LEAST_LIKENESS


def test_pictures_are_small_shown_and_made_here() -> None:
    made = {f"{picture.name}.webp" for picture in PICTURES}
    shown = {
        name
        for page in GUIDE.glob("*.md")
        for name in re.findall(r"\]\(pictures/([\w-]+\.webp)\)", page.read_text(encoding="utf-8"))
    }
    assert {path.name for path in FOLDER.glob("*.webp")} == made == shown
    assert all(path.stat().st_size <= MOST_BYTES for path in FOLDER.glob("*.webp"))


def test_the_page_of_keys_has_every_key_of_the_menus(driver: Driver) -> None:
    page = GUIDE / "keyboard.md"
    text = page.read_text(encoding="utf-8")
    table = "| menu | command | key |\n|---|---|---|\n" + "".join(
        f"| {menu} | {name} | `{key}` |\n" for menu, name, key in driver.window.commands.shortcuts
    )
    if RENEW:
        text = text[: text.index("-->") + 4] + "\n" + table
        page.write_text(text, encoding="utf-8")
    assert table in text
