"""Workbench: all background work of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from focus_viewer.core.datasets.cube_labels import CubeLabels
from focus_viewer.core.regions.file_formats import holds_regions
from focus_viewer.session.session import Session
from focus_viewer.session.state.slices.models import FIRST_MODEL
from focus_viewer.session.state.state import Change
from focus_viewer.session.tasks.array_choice import ArrayQuestions
from focus_viewer.session.tasks.background import Background
from focus_viewer.session.tasks.band_caching import BandCaching
from focus_viewer.session.tasks.cube_opening import NONE, CubeOpening
from focus_viewer.session.tasks.cube_values import CubeValues
from focus_viewer.session.tasks.export import Exports
from focus_viewer.session.tasks.folder_preview import FolderPreview
from focus_viewer.session.tasks.labels import LabelTasks
from focus_viewer.session.tasks.layering import LayerTasks
from focus_viewer.session.tasks.libraries import LibraryTasks, is_library
from focus_viewer.session.tasks.masks import MaskTasks
from focus_viewer.session.tasks.models.choosing import CARD, ModelTasks
from focus_viewer.session.tasks.models.comparison import ModelComparisonTasks
from focus_viewer.session.tasks.models.explaining import ExplanationTasks
from focus_viewer.session.tasks.models.teaching import TeachingTasks
from focus_viewer.session.tasks.models.trust import TrustTasks
from focus_viewer.session.tasks.preprocessing import PreprocessingTasks
from focus_viewer.session.tasks.projects import Projects, is_project
from focus_viewer.session.tasks.region_files import RegionFileTasks
from focus_viewer.session.tasks.regions import RegionTasks
from focus_viewer.session.tasks.runner import Runner
from focus_viewer.session.tasks.service_protocols import Services
from focus_viewer.session.tasks.study.explaining_all import ExplainAllTasks
from focus_viewer.session.tasks.study.studies import StudyTasks
from focus_viewer.session.tasks.triggers import Tasks, trigger_rows
from focus_viewer.session.tasks.undoing import Undoing
from focus_viewer.session.tasks.view_data import ViewData


class Workbench:
    """Background work of a session, with the first model (name or folder) and device."""

    def __init__(
        self,
        session: Session,
        runner: Runner,
        services: Services,
        model: str = FIRST_MODEL,
        device: str = "auto",
    ) -> None:
        self._session = session
        self.background = background = Background(session, runner)
        session.models.choose(model)
        self.models = ModelTasks(session, background, services.models)
        self.explaining = ExplanationTasks(session, background, services.explaining, device)
        self.model_comparison = ModelComparisonTasks(session, background, services, device)
        self.trust = TrustTasks(session, background, services.explaining, self.explaining)
        self.teaching = TeachingTasks(session, background, services.teaching, self.models.add)
        self.view_data = ViewData(session, background, services.cubes, services.regions)
        self.band_caching = BandCaching(session, background, services.cubes)
        self.folder_preview = FolderPreview(background, services.cubes)
        self.regions = RegionTasks(session, background)
        self.region_files = RegionFileTasks(session, background, services.regions)
        self.libraries = LibraryTasks(session, background, services.libraries)
        self.masks = MaskTasks(session, background, services.regions)
        self.layers = LayerTasks(session, background)
        self.exports = Exports(session, background, services)
        self.labels = LabelTasks(session, background, services.labels)
        self.array_choice = ArrayQuestions(session, background, services.cubes)
        self.explaining_all = ExplainAllTasks(session, self.explaining)
        self.studies = StudyTasks(session, background, services.studies, self.open)
        self.cube_opening = CubeOpening(
            session,
            background,
            services,
            self.array_choice,
            self.region_files.open,
            self.labels.read,
            self.models.add,
            self.studies.open,
            lambda path: self.libraries.open([path]),
        )
        self.preprocessing = PreprocessingTasks(session, background, services.preprocessing)
        self.cube_values = CubeValues(session, background, services.cubes, services.preprocessing)
        self.undoing = Undoing(session, background, services.cubes)
        self.projects = Projects(session, background, services, self.array_choice)
        self._rows = trigger_rows(self._triggered())
        session.changed.connect(self._on_changed)

    def close(self) -> None:
        """Stop all work and wait for its end."""
        self._session.changed.disconnect(self._on_changed)
        self.background.close()
        self.projects.drop_autosave()

    def open(self, paths: Sequence[Path], labels: Mapping[Path, CubeLabels] = NONE) -> None:
        """Open headers, data files, or folders of them; where folders hold several, ask which.

        A project among the paths replaces all that is open, and cubes beside it are ignored. Files
        that can only be regions are opened on the active cube, and spectral libraries beside it. A
        table of labels labels the open cubes, a folder of a model explains them, and what a batch
        wrote is opened as a study.
        Cubes that are opened get the labels of their paths.
        """
        project = next((path for path in paths if is_project(path)), None)
        if project is not None:
            self.projects.open(project)
            return
        if paths and all(holds_regions(path) and path.name != CARD for path in paths):
            self.region_files.open(*paths)
        elif paths and all(map(is_library, paths)):
            self.libraries.open(paths)
        else:
            self.cube_opening.open(paths, labels)

    def explain(self) -> None:
        """Explain the active document, again if need be."""
        if self._session.state.document is not None:
            self.explaining.explain(self._session.state.document)

    # What starts which work

    def _triggered(self) -> Tasks:
        return Tasks(
            self.explaining,
            self.trust,
            self.view_data,
            self.band_caching,
            self.regions,
            self.preprocessing,
            self.projects,
            self.teaching,
            self.explaining_all,
            self.studies,
            self.masks,
            self.layers,
        )

    def _on_changed(self, change: Change) -> None:
        for row in self._rows:
            row.apply(change)
