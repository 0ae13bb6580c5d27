"""Bug report: versions, display, cubes and the last of the log, without personal paths."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from focus_viewer.session.state.state import State
from focus_viewer.ui.help.anonymous import anonymous
from focus_viewer.ui.help.happenings import cube_line
from focus_viewer.ui.help.kept_log import KEPT
from focus_viewer.ui.volume.gl_support import gl_support
from focus_viewer.version import __version__

_LAST = 60
_LIBRARIES = ("PySide6-Essentials", "pyqtgraph", "vispy", "torch", "timm", "numpy")


def report(state: State, names: Iterable[str]) -> str:
    """Return the report as Markdown, without any of the names of cubes and projects."""
    text = "\n".join(
        (
            f"**FOCUS Viewer {__version__}**",
            "",
            *_list(_system()),
            *_list(_screens()),
            "",
            "Open cubes:",
            *_list(cube_line(document.cube) for document in state.documents.items),
            "",
            f"Last {_LAST} entries of the log:",
            "```",
            *KEPT.entries[-_LAST:],
            "```",
        )
    )
    return anonymous(text, names, Path.home(), _user())


def _list(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _system() -> list[str]:
    """Return versions; libraries are asked for theirs without being imported."""
    renderer = gl_support()
    return [
        f"Python {platform.python_version()} on {platform.system()} {platform.release()}, "
        f"{platform.machine()}",
        f"Qt {qVersion()}, platform {QGuiApplication.platformName()}",
        ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        f"OpenGL: {renderer.renderer or renderer.problem}",
    ]


def _screens() -> list[str]:
    return [
        f"screen {screen.size().width()} x {screen.size().height()}, "
        f"scaled by {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
