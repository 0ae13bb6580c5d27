"""Explorer application: the only module that joins the window to files and models."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from platformdirs import user_log_path

from focus_viewer import environment
from focus_viewer.assets import folder
from focus_viewer.preload import is_loading
from focus_viewer.version import __version__

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from focus_viewer.session.session import Session
    from focus_viewer.session.tasks.workbench import Workbench
    from focus_viewer.ui.shell.main_window import MainWindow

_log = logging.getLogger(__name__)

_PAINT_FIRST_S = 0.4
_WAKE_MS = 200
_IDLE_MS = 400


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the explorer until its window is closed.

    Returns
    -------
    int
        Exit status: 0, or 1 with the reason on the error stream.
    """
    options = _parser().parse_args(arguments)
    problem = environment.display_problem()
    if problem is not None:
        return _fail(problem)
    try:
        return _run(options)
    except ImportError as error:
        return _fail(environment.library_problem(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_called(),
        description="See where, and at which wavelengths, a frozen Vision Transformer finds its "
        "evidence in a hyperspectral cube.",
        epilog="A first word that names a command, such as fit or explain, runs it instead: see "
        "focus-viewer --help. A folder of that name is opened by ./NAME.",
    )
    parser.add_argument(
        "cubes",
        nargs="*",
        type=Path,
        metavar="CUBE",
        help="ENVI header, data file, folder, or a project",
    )
    parser.add_argument(
        "--model",
        default="focus-leaf",
        metavar="NAME|DIR",
        help="bundled model or the folder of one",
    )
    parser.add_argument(
        "--device",
        default="auto",
        help='"auto" (CUDA, then MPS, then the CPU), "cpu", "cuda:0", ...',
    )
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="OUT.png",
        help="wait for the explanation, write a picture of the window and exit",
    )
    parser.add_argument(
        "--theme",
        choices=("system", "light", "dark", "contrast"),
        help="instead of the one chosen last; pictures are dark",
    )
    parser.add_argument("--version", action="version", version=f"FOCUS Viewer {__version__}")
    return parser


def _called() -> str:
    """Return the program as it was started: from its checkout, or as a package."""
    started = Path(sys.argv[0]).name
    return "python -m focus_viewer" if started == "__main__.py" else started


def _fail(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


@dataclass(frozen=True, eq=False)
class Explorer:
    """Parts of the explorer."""

    app: QApplication
    session: Session
    workbench: Workbench
    window: MainWindow


def build(
    model: str = "focus-leaf",
    device: str = "auto",
    theme: str | None = None,
    remembers: bool = True,
) -> Explorer:
    """Build the application with its window, not shown yet.

    Parameters
    ----------
    theme : str or None
        None is the theme last chosen.
    remembers : bool
        Whether it reads and writes what is remembered between runs.
    """
    gc.disable()  # until `ui/garbage.py` takes over: modules that are imported stay
    app = _application()
    # Only now: window modules can be imported once Qt's libraries have loaded.
    from PySide6.QtCore import QSettings

    from focus_viewer.services.bundled import bundled_services
    from focus_viewer.session.session import Session
    from focus_viewer.session.tasks.workbench import Workbench
    from focus_viewer.ui.freed_memory import FreedMemory
    from focus_viewer.ui.qt_runner import QtRunner
    from focus_viewer.ui.shell.main_window import MainWindow
    from focus_viewer.ui.shell.theme_menu import remembered_theme, theme_choice, theme_of
    from focus_viewer.ui.widgets import style, translated

    translated.install(app, folder("resources"))
    # Settings without a name are in memory only.
    settings = QSettings() if remembers else QSettings("", QSettings.Format.IniFormat)
    choice = remembered_theme(settings) if theme is None else theme_choice(theme)
    style.apply(app, folder("resources"), theme_of(choice))
    session = Session()
    workbench = Workbench(session, QtRunner(), bundled_services(_PAINT_FIRST_S), model, device)
    sample = folder("resources") / "leaf.hdr"
    window = MainWindow(session, workbench, sample, settings, choice, paint_first=True)
    FreedMemory(session, window)
    return Explorer(app, session, workbench, window)


def _run(options: argparse.Namespace) -> int:
    from PySide6.QtCore import QTimer

    from focus_viewer.services.models import place_of
    from focus_viewer.ui.shell.screenshot import Screenshot

    # A screenshot is the same for everyone.
    theme = options.theme or ("dark" if options.screenshot else None)
    explorer = build(place_of(options.model), options.device, theme, options.screenshot is None)
    workbench, window = explorer.workbench, explorer.window
    _report_surprises(explorer.session)
    _leave_on_interrupt(explorer)
    window.show()
    shot = (
        Screenshot(explorer.session, window, options.screenshot, options.cubes)
        if options.screenshot
        else None
    )
    if options.cubes:
        QTimer.singleShot(0, lambda: workbench.open(options.cubes))
    elif shot is not None:
        shot.take_soon()
    else:
        QTimer.singleShot(_IDLE_MS, workbench.explaining.prepare)  # a window first, then torch
    if shot is None:
        QTimer.singleShot(_IDLE_MS, workbench.projects.look_for_unsaved)
    status = explorer.app.exec()
    if shot is not None and shot.problem:
        status = _fail(shot.problem)
    _leave_late_threads(status, explorer.window.later.loading)
    return status


def _leave_late_threads(status: int, loading: bool = False) -> None:
    """End the process now if threads are still running, which Python and Qt would wait for.

    So do libraries that are being loaded, and cannot be stopped.
    """
    from PySide6.QtCore import QSettings

    from focus_viewer.ui.qt_runner import threads_left

    if threads_left() or is_loading() or loading:
        QSettings().sync()
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _application() -> QApplication:
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    # Else a floated dock with an OpenGL view goes blank.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("FOCUS Viewer")
    app.setOrganizationName("FOCUS Viewer")
    app.setApplicationVersion(__version__)
    _keep_log()
    return app


def _keep_log() -> None:
    """Log warnings to a file, and all that happens to memory."""
    from focus_viewer.ui.help.kept_log import keep_log

    path = user_log_path("focus-viewer", appauthor=False, ensure_exists=True) / "focus-viewer.log"
    in_file = logging.FileHandler(path, encoding="utf-8")
    in_file.setLevel(logging.WARNING)
    logging.basicConfig(
        handlers=[in_file],
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    keep_log()


def _report_surprises(session: Session) -> None:
    """Show and log unexpected errors; the window stays."""
    from focus_viewer.session.state.slices.requests import Problem

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        _log.error("unexpected error", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        session.requests.report(Problem("Unexpected error", f"{kind.__name__}: {error}"))

    sys.excepthook = report


def _leave_on_interrupt(explorer: Explorer) -> None:
    """Close on Ctrl-C; the timer lets Python run, which handles signals only then."""
    from PySide6.QtCore import QTimer

    signal.signal(signal.SIGINT, lambda number, frame: explorer.window.close())
    timer = QTimer(explorer.app)
    timer.timeout.connect(lambda: None)
    timer.start(_WAKE_MS)
