"""Session: the store of the state, with one object of named changes for each part of it."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.session.changes.documents import DocumentChanges
from focus_viewer.session.changes.explanation import ExplanationChanges
from focus_viewer.session.changes.groups import GroupChanges
from focus_viewer.session.changes.history import HistoryChanges
from focus_viewer.session.changes.jobs import JobChanges
from focus_viewer.session.changes.layers import LayerChanges
from focus_viewer.session.changes.libraries import LibraryChanges
from focus_viewer.session.changes.masks import MaskChanges
from focus_viewer.session.changes.models import ModelChanges
from focus_viewer.session.changes.pair import PairChanges
from focus_viewer.session.changes.pins import PinChanges
from focus_viewer.session.changes.preprocessing import PreprocessingChanges
from focus_viewer.session.changes.project import ProjectChanges
from focus_viewer.session.changes.queue import QueueChanges
from focus_viewer.session.changes.regions import RegionChanges
from focus_viewer.session.changes.requests import RequestChanges
from focus_viewer.session.changes.selection import SelectionChanges
from focus_viewer.session.changes.studies import StudyChanges
from focus_viewer.session.changes.teaching import TeachingChanges
from focus_viewer.session.changes.trust import TrustChanges
from focus_viewer.session.changes.view import ViewChanges
from focus_viewer.session.changes.wand import WandChanges
from focus_viewer.session.store import Store


class Session(Store):
    """Store of what the explorer shows, changed by the methods of its parts.

    Every method validates and clamps before it publishes, and publishes once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.documents = DocumentChanges(self)
        self.view = ViewChanges(self)
        self.selection = SelectionChanges(self)
        self.pins = PinChanges(self)
        self.regions = RegionChanges(self)
        self.history = HistoryChanges(self)
        self.masks = MaskChanges(self)
        self.layers = LayerChanges(self)
        self.wand = WandChanges(self)
        self.groups = GroupChanges(self)
        self.pair = PairChanges(self)
        self.explanation = ExplanationChanges(self)
        self.models = ModelChanges(self)
        self.trust = TrustChanges(self)
        self.teaching = TeachingChanges(self)
        self.queue = QueueChanges(self)
        self.studies = StudyChanges(self)
        self.libraries = LibraryChanges(self)
        self.preprocessing = PreprocessingChanges(self)
        self.project = ProjectChanges(self)
        self.requests = RequestChanges(self)
        self.comparing_job = JobChanges(
            self, lambda jobs: jobs.comparing, lambda jobs, job: replace(jobs, comparing=job)
        )
        self.explaining_job = JobChanges(
            self, lambda jobs: jobs.explaining, lambda jobs, job: replace(jobs, explaining=job)
        )
        self.export_job = JobChanges(
            self, lambda jobs: jobs.export, lambda jobs, job: replace(jobs, export=job)
        )
        self.trust_job = JobChanges(
            self, lambda jobs: jobs.trust, lambda jobs, job: replace(jobs, trust=job)
        )
        self.teaching_job = JobChanges(
            self, lambda jobs: jobs.teaching, lambda jobs, job: replace(jobs, teaching=job)
        )
        self.study_job = JobChanges(
            self, lambda jobs: jobs.study, lambda jobs, job: replace(jobs, study=job)
        )
        self.caching_job = JobChanges(
            self, lambda jobs: jobs.band_caching, lambda jobs, job: replace(jobs, band_caching=job)
        )
