"""Environment settings that torch and Qt read on import: import first. Standard library only."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping

# OpenMP's idle threads otherwise spin on the cores that others need: with one busy neighbour a
# small ViT's forward pass took 1.4 s in place of 0.04 s. Read once, when torch loads OpenMP.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Mesa's software OpenGL and Triton, which torch imports where it is installed, each bring an LLVM;
# both in one process crash it (https://github.com/pocl/pocl/issues/46 reports the same clash). A
# name that leads to None cannot be imported: torch goes on without it, as only torch.compile, which
# is not used here, needs it.
sys.modules.setdefault("triton", None)  # type: ignore[arg-type]

_HINT = (
    "Start it on a desktop, over `ssh -X`, or under `xvfb-run`; "
    "`focus-viewer explain CUBE --out DIR` needs no display."
)
_NO_DISPLAY = (
    "No display to open a window on (neither DISPLAY, WAYLAND_DISPLAY nor QT_QPA_PLATFORM "
    f"is set). {_HINT}"
)
_X_PORT = 6000
_PATIENCE_S = 2.0


def display_problem(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> str | None:
    """Return a line on why no window can be opened and what to do, or None if it can.

    Qt aborts the process where it finds no display, which nothing can catch: ask before a
    QApplication is made. Only Linux needs a display server.
    """
    if not platform.startswith("linux"):
        return None
    if environ.get("WAYLAND_DISPLAY") or environ.get("QT_QPA_PLATFORM"):
        return None
    display = environ.get("DISPLAY")
    if not display:
        return _NO_DISPLAY
    return (
        None if _answers(display) else f"The display {display} (DISPLAY) does not answer. {_HINT}"
    )


def _answers(display: str) -> bool:
    """Return whether an X server takes connections at "[host]:number[.screen]"."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        local = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
        return _connects(socket.AF_UNIX, f"\0{local}") or _connects(socket.AF_UNIX, local)
    return _connects(socket.AF_INET, (host, _X_PORT + int(number)))


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE_S)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def library_problem(error: ImportError) -> str:
    """Return a line on a library that Qt's first import missed, and the packages to install."""
    return (
        f"A library that the window needs is missing ({error}). On Debian or Ubuntu: "
        f"`sudo apt-get install {' '.join(DEBIAN_PACKAGES)}`; "
        "elsewhere install the same libraries, or run `pip install -e .` again."
    )


# Qt's own needs on a bare Debian, offscreen and on a screen (xcb).
DEBIAN_PACKAGES = (
    "libglib2.0-0",
    "libegl1",
    "libgl1",
    "libxkbcommon0",
    "libfontconfig1",
    "libdbus-1-3",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
)
