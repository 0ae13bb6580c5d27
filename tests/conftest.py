"""What all tests share: the environment, the phantom, real cubes and OpenGL."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from own_screen import have_own_screens, needs_own_screen, open_own_screen
from phantom import Phantom, make_phantom
from pytestqt.qtbot import QtBot

from focus_viewer.environment import display_problem
from focus_viewer.preload import is_loading, preload

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

if needs_own_screen():
    open_own_screen()

# Qt aborts without a display; offscreen it runs all that needs no OpenGL.
if display_problem() is not None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

# Tests wait for states, not for seconds: on a busy machine a state may take long to come.
for _wait in (QtBot.waitUntil, QtBot.waitExposed, QtBot.waitActive, QtBot.waitSignal):
    assert _wait.__kwdefaults__["timeout"] == 5000
    _wait.__kwdefaults__["timeout"] = 120_000

# Time is watched by pytest-timeout: on a busy machine a deadline for each example fails at random.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(autouse=True, scope="session")
def _own_state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Work that windows keep against a crash does not go into the user's own folder."""
    patch = pytest.MonkeyPatch()
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        patch.setenv(name, str(tmp_path_factory.mktemp("state")))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _libraries_are_loaded() -> Iterator[None]:
    """Libraries that a window began to load are there before the next test: it may patch anything.

    Torch cannot be imported again in a process where that failed once.
    """
    yield
    if is_loading():
        preload()


_MANY_OBJECTS = 100_000
_kept_objects = 0


@pytest.fixture(autouse=True, scope="module")
def _garbage_of_windows_goes() -> Iterator[None]:
    """Free it here, in the thread of the windows: an application that was built turns gc off."""
    yield
    global _kept_objects
    if gc.isenabled() or gc.get_freeze_count() + gc.get_count()[0] < _kept_objects + _MANY_OBJECTS:
        return
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _kept_objects = gc.get_freeze_count()


@pytest.fixture
def phantom() -> Phantom:
    """A cube with a planted absorption feature; `phantom.make_phantom` makes others."""
    return make_phantom()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real cubes; the test is skipped where there is none."""
    folder = os.environ.get("FOCUS_REAL_DATA")
    if not folder:
        pytest.skip("FOCUS_REAL_DATA is not set")
    path = Path(folder)
    assert path.is_dir(), f"FOCUS_REAL_DATA names no folder: {path}"
    return path


@pytest.fixture(scope="session")
def gl_display(qapp: QApplication) -> None:
    """Skip where OpenGL cannot be used, or fail where it was promised."""
    problem = _gl_problem()
    if problem is None:
        return
    if os.environ.get("CI") == "true" or os.environ.get("FOCUS_REQUIRE_GL") == "1":
        pytest.fail(problem)
    pytest.skip(problem)


def _gl_problem() -> str | None:
    # Offscreen, Qt draws a blank widget where the OpenGL should be, and says so only in the log: a
    # test of it could pass without having seen anything.
    from focus_viewer.ui.volume.gl_support import gl_support

    problem = gl_support().problem
    hint = "run it on a desktop or under xvfb-run, with QT_QPA_PLATFORM unset"
    return f"{problem}: {hint}" if problem else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[object]) -> None:
    """Share the cores out to the processes, before any of them loads numpy or torch.

    Those that each reckon with all cores wait for one another: numpy's OpenBLAS reads this only as
    it is loaded, and simulated scenes took three times the processor time.
    """
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // len(specs))))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share tests out to processes by files, whose fixtures then are made once.

    Those with windows go to one process if all have one screen. The order is that of the files,
    not of how many tests they have: see `pytest_collection_modifyitems`.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByScreen(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            needs_screen = file.startswith(("tests/gl/", "tests/ui/"))
            return "screen" if needs_screen and not have_own_screens() else file

    config.option.loadscopereorder = False
    return ByScreen(config, log)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests, which stay until the end."""
    gc.collect()
    gc.freeze()


_STYLED = ("test_theme_menu.py", "test_every_screen.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test marked `gl` a display with OpenGL before all else, or its skip.

    What changes the style of all widgets runs first: those of closed windows pile up later.
    """
    items.sort(key=lambda item: item.path.name not in _STYLED)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("gl"):
            item.fixturenames.insert(0, "gl_display")
