"""Opens FOCUS Viewer: `python -m focus_viewer`, where it is installed without its checkout."""

import sys

from focus_viewer.app import main

if __name__ == "__main__":
    sys.exit(main())
