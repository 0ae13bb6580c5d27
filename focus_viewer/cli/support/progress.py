"""Progress of long work on the error stream."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from focus_viewer.core.progress import Step, part

__all__ = ["part", "progress_bar"]

_FORMAT = "{desc:<20} {percentage:3.0f} % |{bar:30}| {elapsed}"


@contextmanager
def progress_bar(check: Callable[[], None]) -> Iterator[Step]:
    """Yield a step that draws a bar on a terminal and stays quiet in a log.

    Parameters
    ----------
    check : callable
        Called at every step; raises where the work is cancelled.
    """
    with tqdm(
        total=1.0,
        file=sys.stderr,
        bar_format=_FORMAT,
        leave=False,
        disable=None,  # where there is no terminal
        miniters=0,  # else a fast stretch makes tqdm wait for as much again
    ) as bar:

        def step(fraction: float, text: str) -> None:
            check()
            if not bar.disable:
                bar.update(min(fraction, 1.0) - bar.n)
                bar.set_description_str(text, refresh=text != bar.desc)

        yield step
