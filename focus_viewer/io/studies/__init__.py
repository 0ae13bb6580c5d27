"""Studies on the disk: the table and curves that a batch writes."""

from focus_viewer.io.studies.reading import read_study, study_table

__all__ = ["read_study", "study_table"]
