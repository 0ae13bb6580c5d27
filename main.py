"""Entry point of the FOCUS Viewer window."""

import sys

from focus_viewer.app import main

if __name__ == "__main__":
    sys.exit(main())
