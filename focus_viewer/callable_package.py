"""Package that is called as the public function of its name.

Importing any module of a package binds it to its name in `focus_viewer`, where the public function
of the same name must go on working.
"""

from __future__ import annotations

import sys
from inspect import Signature, signature
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    """Module type whose call is the public function; the package does not import its front."""

    def __call__(self, *args: Any, **options: Any) -> object:
        """Call the function of this name in `focus_viewer.api`."""
        return self._function(*args, **options)

    @property
    def __signature__(self) -> Signature:
        """Signature of the public function, for `help` and completion."""
        return signature(self._function)

    @property
    def _function(self) -> Any:
        return getattr(sys.modules["focus_viewer.api"], self.__name__.rpartition(".")[2])


def make_callable(package: str) -> None:
    """Make a package that is being imported the public function of its name as well."""
    sys.modules[package].__class__ = _CallablePackage
