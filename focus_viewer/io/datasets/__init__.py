"""Labelled data sets on the disk, in layouts of users and of public data."""

from focus_viewer.io.datasets.files import read_data_set
from focus_viewer.io.datasets.samples import open_sample

__all__ = ["open_sample", "read_data_set"]
