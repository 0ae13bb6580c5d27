"""Tasks of a batch and their outcomes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import NamedTuple

from focus_viewer.batch.inputs.items import Item
from focus_viewer.batch.options import BatchOptions
from focus_viewer.batch.results.records import Record
from focus_viewer.core.progress import Step


class Task(NamedTuple):
    """Item to be explained.

    Attributes
    ----------
    before : str
        Identity of an outdated record: if the content is the same after all, nothing is computed.
    """

    item: Item
    before: str = ""


class Unchanged(NamedTuple):
    """Cube whose record still holds, with the present stamps of its files."""

    key: str
    stamps: Mapping[str, str]


Outcome = Record | Unchanged
Outcomes = Generator[Outcome, None, None]
Engine = Callable[[Sequence[Task], BatchOptions, Mapping[str, str], Step], Outcomes]
"""Whatever yields the outcomes of tasks, in any order, given options and their identity."""
