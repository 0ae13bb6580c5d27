"""Screen of its own for each process of tests, where Xvfb is installed: a screen has one mouse."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

_SERVER = ("Xvfb", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-displayfd")


def have_own_screens() -> bool:
    """Return whether processes of tests can each have a screen."""
    return sys.platform.startswith("linux") and shutil.which(_SERVER[0]) is not None


def needs_own_screen(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether this is a second process of tests; the first has the screen that is there."""
    return environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0" and have_own_screens()


def open_own_screen() -> None:
    """Start a screen that lasts as long as this process, and have all windows open on it."""
    answers, number = os.pipe()
    server = subprocess.Popen([*_SERVER, str(number)], pass_fds=[number], stderr=subprocess.DEVNULL)
    os.close(number)
    atexit.register(server.kill)
    with os.fdopen(answers) as file:  # Xvfb writes the number once it takes connections
        os.environ["DISPLAY"] = f":{int(file.readline())}"
