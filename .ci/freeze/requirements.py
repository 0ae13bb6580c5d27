"""Packages that a project needs, of those that are installed, and the modules of all others."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(requirement: str) -> set[str]:
    """Return the names of the installed packages that a requirement brings, itself included."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(requirement)]
    while waiting:
        asked = waiting.pop()
        for extra in ("", *asked.extras):
            key = (canonicalize_name(asked.name), extra)
            if key not in found:
                found.add(key)
                waiting += _requirements(*key)
    return {name for name, _ in found if _is_installed(name)}


def other_modules(names: set[str]) -> list[str]:
    """Return the modules that no package of these names brings, such as those for tests."""
    return sorted(
        module
        for module, packages in packages_distributions().items()
        if names.isdisjoint(map(canonicalize_name, packages))
    )


def _requirements(name: str, extra: str) -> list[Requirement]:
    if not _is_installed(name):
        return []
    all_ = map(Requirement, distribution(name).requires or ())
    return [it for it in all_ if it.marker is None or it.marker.evaluate({"extra": extra})]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
