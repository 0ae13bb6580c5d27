"""What a reader says of a file beside its numbers."""

from __future__ import annotations


class Ignored(str):
    """A sentence about what a file says and was not used; a plain text tells what was assumed.

    It is a text itself, so that readers put both into one list, in the order in which they met
    them.
    """

    __slots__ = ()
