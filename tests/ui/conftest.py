"""A session and its workbench, with work done at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ui.fakes import FakeServices, ImmediateRunner

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench


@pytest.fixture
def session() -> Session:
    """A session without a document."""
    return Session()


@pytest.fixture
def workbench(session: Session) -> Iterator[Workbench]:
    """Its workbench: what the session lacks is there at once."""
    bench = Workbench(session, ImmediateRunner(), FakeServices())
    yield bench
    bench.close()
