"""Entry point of the frozen application: the window, or a command."""

import ctypes.util
import os
import sys
from multiprocessing import freeze_support

_LIBRARIES = {"EGL": "libEGL.so.1", "GL": "libGL.so.1", "fontconfig": "libfontconfig.so.1"}


def find_libraries_without_tools() -> None:
    """Let the system's libraries be found where there is neither ldconfig nor a compiler to ask."""
    find = ctypes.util.find_library
    ctypes.util.find_library = lambda name: find(name) or _LIBRARIES.get(name)


def leave_other_programs_alone() -> None:
    """Take the folder of this application's libraries from what the programs it starts inherit.

    A browser that is shown a page of the guide would not start with them. Processes of this
    application are told to set it anew.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


if __name__ == "__main__":
    freeze_support()  # a worker process starts here too, and goes no further
    leave_other_programs_alone()
    if sys.platform == "linux":
        find_libraries_without_tools()
    from focus_viewer.entry import run

    sys.exit(run())
