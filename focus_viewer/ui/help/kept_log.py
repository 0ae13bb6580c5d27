"""Log of this session, kept in memory: what happened last, for its window and for bug reports."""

from __future__ import annotations

import logging
from collections import deque

MOST_LINES = 500
_OURS = "focus_viewer"
_FORMAT = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")


class KeptLog(logging.Handler):
    """Handler that keeps the last records as text, each with its traceback."""

    def __init__(self, most: int = MOST_LINES) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(_FORMAT)
        self._kept: deque[str] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; those of libraries only from warnings on."""
        if record.levelno >= logging.WARNING or record.name.partition(".")[0] == _OURS:
            self._kept.append(self.format(record))

    @property
    def entries(self) -> list[str]:
        """What is kept, the oldest first."""
        return list(self._kept)

    def clear(self) -> None:
        """Forget what was kept."""
        self._kept.clear()


KEPT = KeptLog()
"""The log of this process."""


def keep_log() -> None:
    """Keep what is logged from now on."""
    logging.getLogger(_OURS).setLevel(logging.INFO)
    if KEPT not in logging.getLogger().handlers:
        logging.getLogger().addHandler(KEPT)
