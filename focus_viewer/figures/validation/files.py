"""Files of a validation report: JSON for programs, HTML and PDF for people."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.validation.report import ValidationReport
from focus_viewer.core.validation.report_json import report_text
from focus_viewer.core.validation.sentences import headline
from focus_viewer.figures.figure_file import About, write_figure
from focus_viewer.figures.validation.html import validation_html
from focus_viewer.figures.validation.page import validation_page
from focus_viewer.version import __version__

JSON_NAME: Final = "report.json"
HTML_NAME: Final = "report.html"
PDF_NAME: Final = "report.pdf"


def write_validation_report(report: ValidationReport, folder: Path) -> tuple[Path, ...]:
    """Write `report.json`, `report.html` and `report.pdf`, and return their paths.

    The same report gives the same bytes.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    paths = tuple(folder / name for name in (JSON_NAME, HTML_NAME, PDF_NAME))
    write_atomically(paths[0], report_text(report))
    write_atomically(paths[1], validation_html(report))
    about = About(
        title=report.title,
        description=headline(report),
        keywords=(report.data.fingerprint,),
        software=f"FOCUS Viewer {__version__}",
    )
    write_figure(validation_page(report), paths[2], about=about)
    return paths
