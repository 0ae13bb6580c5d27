"""Entry point of FOCUS Viewer in its checkout: the window, or a command."""

import sys

from focus_viewer.entry import main

if __name__ == "__main__":
    sys.exit(main())
