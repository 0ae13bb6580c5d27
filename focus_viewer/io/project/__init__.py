"""Projects on the disk: `NAME.focus.json`, its results beside it, and autosaved work."""

from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.identity.relative_paths import PROJECT_SUFFIX
from focus_viewer.io.project.autosave import Autosave, discard_lost, find_lost_work
from focus_viewer.io.project.reading import ProjectError, check_cubes, read_project
from focus_viewer.io.project.writing import write_project

__all__ = [
    "PROJECT_SUFFIX",
    "Autosave",
    "ProjectError",
    "check_cubes",
    "discard_lost",
    "find_lost_work",
    "fingerprint",
    "read_project",
    "write_project",
]
