"""Entry point of the frozen application: the window, or a command."""

import os
import sys
from multiprocessing import freeze_support


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
    from focus_viewer.entry import run

    sys.exit(run())
