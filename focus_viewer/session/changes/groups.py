"""Changes of the comparison of two groups of regions."""

from __future__ import annotations

from dataclasses import replace

from focus_viewer.session.state.comparison import Comparison, Contrast, GroupComparison
from focus_viewer.session.state.groups import question
from focus_viewer.session.store import Changes


class GroupChanges(Changes):
    """Changes of the groups that are compared, and of the result."""

    def set(self, contrast: Contrast) -> None:
        """Choose what is compared."""
        self._put(replace(self._state.comparison, contrast=contrast))

    def take_comparison(self, result: GroupComparison | None) -> None:
        """Take a result, if it is that of the current groups; None removes the present result."""
        if result is None or result.question == question(self._state):
            self._put(replace(self._state.comparison, groups=result))

    def _put(self, comparison: Comparison) -> None:
        self._store.publish(replace(self._state, comparison=comparison))
