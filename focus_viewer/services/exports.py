"""Adapter of `focus_viewer.session.tasks.services.ExportFiles`."""

from __future__ import annotations

from pathlib import Path

from focus_viewer.core.documents.export_request import ExportRequest
from focus_viewer.core.progress import Step


class BundledExportFiles:
    """Files for other programs, written by `focus_viewer.io`."""

    def export(self, path: Path, request: ExportRequest, step: Step) -> tuple[Path, ...]:
        """See `ExportFiles.export`."""
        from focus_viewer.io.export import write_export

        return write_export(path, request, step)
