"""Study report as a page and as HTML: groups compared, with plants as units."""

from focus_viewer.figures.study.files import write_study_report

__all__ = ["write_study_report"]
