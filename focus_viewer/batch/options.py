"""Options of a batch, and what a record depends on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from focus_viewer.batch.file_parts import digest_of_parts
from focus_viewer.core.documents.project import METHOD_VERSION
from focus_viewer.explain.model.cards import read_card
from focus_viewer.io.identity.content_hash import fingerprint
from focus_viewer.io.reader import read_cube
from focus_viewer.version import __version__

RECORD_VERSION = 2
"""Raised whenever records hold something else."""

AUTO = "auto"


@dataclass(frozen=True)
class BatchOptions:
    """Options that hold for all cubes.

    Attributes
    ----------
    model : str
        Name of a bundled model, or the folder of one.
    regions : Path or None
        File of regions that each cube has.
    objects : bool
        Whether each leaf or plant that is found is decided on alone.
    calibrate : str
        "auto" takes white and dark references beside a cube of counts; else the white reference's
        file; empty for none.
    device : str
        As for `ExplainRequest`.
    """

    model: str = "focus-leaf"
    regions: Path | None = None
    objects: bool = False
    calibrate: str = ""
    device: str = "auto"

    def identity(self) -> dict[str, str]:
        """Return what results depend on, by name, with files by their content.

        Raises
        ------
        FocusError
            If the model or a file is missing.
        """
        white = Path(self.calibrate) if self.calibrate not in ("", AUTO) else None
        return {
            "model": read_card(self.model).sha256,
            "regions": "" if self.regions is None else digest_of_parts(self.regions),
            "objects": "yes" if self.objects else "no",
            "calibrate": self.calibrate if white is None else fingerprint(read_cube(white)),
            "method": str(METHOD_VERSION),
            "program": __version__,
            "records": str(RECORD_VERSION),
        }
