"""FOCUS Viewer without its checkout: `python -m focus_viewer`, the window or a command."""

import sys

from focus_viewer.entry import main

if __name__ == "__main__":
    sys.exit(main())
