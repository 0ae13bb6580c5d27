"""Notes of a reader about a file."""

from __future__ import annotations


class Ignored(str):
    """Note about unused content of a file; plain text states an assumption.

    It is a text itself, so that readers put both into one list, in the order in which they met
    them.
    """

    __slots__ = ()


class Contradiction(str):
    """Note that statements of a file exclude one another, and which was taken: the likelier.

    Only the user can settle it, by choosing units, scale or no-data value.
    """

    __slots__ = ()
