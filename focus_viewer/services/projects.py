"""Adapter of `focus_viewer.session.tasks.services.ProjectFiles`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from focus_viewer.core.cubes.cube import Cube
from focus_viewer.core.documents.project import Project, ProjectCube, ProjectReading, RecoveredWork
from focus_viewer.core.progress import Step

if TYPE_CHECKING:
    from focus_viewer.io.project import Autosave


class BundledProjectFiles:
    """Project files and autosaves, read and written by `focus_viewer.io`."""

    def __init__(self) -> None:
        self._fingerprints: WeakKeyDictionary[Cube, str] = WeakKeyDictionary()

    def read_project(self, path: Path, step: Step) -> ProjectReading:
        """See `ProjectFiles.read_project`."""
        from focus_viewer.explain.model.cards import read_card
        from focus_viewer.io.project import read_project

        return read_project(path, lambda model: read_card(model).sha256, step)

    def write_project(
        self, path: Path, project: Project, cubes: Mapping[Path, Cube], step: Step
    ) -> None:
        """See `ProjectFiles.write_project`."""
        from focus_viewer.io.project import write_project

        marked = tuple(
            replace(saved, fingerprint=self._fingerprint(cubes[saved.path], step))
            if saved.path in cubes
            else saved
            for saved in project.cubes
        )
        write_project(path, replace(project, cubes=marked), step)

    def is_unchanged(self, saved: ProjectCube, cube: Cube, step: Step) -> bool:
        """See `ProjectFiles.is_unchanged`."""
        return self._fingerprint(cube, step) == saved.fingerprint

    def _fingerprint(self, cube: Cube, step: Step) -> str:
        """Return the hash of the content that was worked on; computed once for each cube."""
        from focus_viewer.io.project import fingerprint

        if cube not in self._fingerprints:
            self._fingerprints[cube] = fingerprint(cube, step)
        return self._fingerprints[cube]

    @cached_property
    def _autosave(self) -> Autosave:
        from focus_viewer.io.project import Autosave

        return Autosave()

    def autosave(self, project: Project, of: Path | None) -> None:
        """See `ProjectFiles.autosave`."""
        self._autosave.write(project, of)

    def drop_autosave(self, recovered: RecoveredWork | None = None) -> None:
        """See `ProjectFiles.drop_autosave`."""
        if recovered is not None:
            from focus_viewer.io.project import discard_lost

            discard_lost(recovered)
        elif "_autosave" in self.__dict__:  # else nothing was saved
            self._autosave.discard()

    def find_unsaved_work(self) -> Sequence[RecoveredWork]:
        """See `ProjectFiles.find_unsaved_work`."""
        from focus_viewer.io.project import find_lost_work

        return find_lost_work()
