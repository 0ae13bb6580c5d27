"""Files of a study report: HTML, PDF, and the statistics as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from focus_viewer.core.atomic_write import write_atomically
from focus_viewer.core.studies.comparison import compare
from focus_viewer.core.studies.plan import StudyPlan
from focus_viewer.core.studies.sentences import result_sentence
from focus_viewer.core.studies.statistics_csv import statistics_csv
from focus_viewer.core.studies.study import Study
from focus_viewer.figures.figure_file import About, write_figure
from focus_viewer.figures.study.html import study_html
from focus_viewer.figures.study.page import study_page
from focus_viewer.version import __version__

HTML_NAME: Final = "study.html"
PDF_NAME: Final = "study.pdf"
CSV_NAME: Final = "study.csv"


def write_study_report(study: Study, plan: StudyPlan, folder: Path) -> tuple[Path, ...]:
    """Compare the groups, write `study.html`, `study.pdf` and `study.csv`; return their paths.

    The same study and plan give the same bytes.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    found = [compare(study, plan, quantity) for quantity in plan.quantities]
    paths = (folder / HTML_NAME, folder / PDF_NAME, folder / CSV_NAME)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(paths[2], statistics_csv(found))
    write_atomically(paths[0], study_html(study, plan, found))
    about = About(
        title=f"Groups by {plan.column}",
        description=" ".join(result_sentence(each) for each in found),
        software=f"FOCUS Viewer {__version__}",
    )
    write_figure(study_page(study, plan, found), paths[1], about=about)
    return paths
