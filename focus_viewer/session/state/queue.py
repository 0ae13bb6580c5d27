"""Queue slice: open cubes that are to be explained one after the other."""

from __future__ import annotations

from dataclasses import dataclass

from focus_viewer.session.state.document import Document, Documents


@dataclass(frozen=True)
class ExplainQueue:
    """Queue of documents to explain.

    Attributes
    ----------
    ids : tuple of int
        Of all documents that were to be explained; empty where there is no queue.
    paused : bool
        Whether no further one is begun.
    """

    ids: tuple[int, ...] = ()
    paused: bool = False

    def waiting(self, documents: Documents) -> tuple[Document, ...]:
        """Return the open documents without a result, the active one first."""
        items = [each for each in documents.items if each.id in self.ids and each.outcome == "none"]
        return tuple(sorted(items, key=lambda each: each.id != documents.active))

    def failed(self, documents: Documents) -> tuple[Document, ...]:
        """Return the open documents that could not be explained."""
        items = documents.items
        return tuple(each for each in items if each.id in self.ids and each.outcome == "failed")

    def text(self, documents: Documents) -> str:
        """Return "3 of 16 explained", with those that failed; empty without a queue."""
        if not self.ids:
            return ""
        items = [each for each in documents.items if each.id in self.ids]
        done = sum(each.explanation is not None for each in items)
        failed = len(self.failed(documents))
        return f"{done} of {len(items)} explained" + (f", {failed} failed" if failed else "")
