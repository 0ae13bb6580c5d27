"""A session and its workbench, with work done at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ui.fakes import FakeServices, ImmediateRunner

from focus_viewer.session.session import Session
from focus_viewer.session.tasks.workbench import Workbench


@pytest.fixture(autouse=True)
def _volume_is_drawn_where_it_matters(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows draw the volume in files that say so (`DRAWS_VOLUME`) and in tests marked `gl`.

    By a processor OpenGL takes a fifth of a window's test; `tests/gl` tests what it draws.
    """
    if getattr(request.module, "DRAWS_VOLUME", False) or request.node.get_closest_marker("gl"):
        return
    from focus_viewer.ui.shell import views
    from focus_viewer.ui.volume import volume_view
    from focus_viewer.ui.volume.gl_support import GlSupport

    for module in (views, volume_view):
        monkeypatch.setattr(module, "gl_support", lambda: GlSupport("not drawn in this test"))


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
