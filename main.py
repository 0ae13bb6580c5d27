"""Opens FOCUS Viewer."""

import sys

from focus_viewer.app import main

if __name__ == "__main__":
    sys.exit(main())
