"""Bare root folder: the libraries that README names, as Debian packs them, and one application."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from focus_viewer.environment import DEBIAN_PACKAGES

APPLICATION = "/opt/focus-viewer"
WORK = "/work"
_NAME = re.compile(r"^[a-z0-9][a-z0-9+.-]*")
_LIBRARIES = re.compile(r"^/(usr/)?lib(64)?/|^/etc/fonts/|^/usr/share/(fonts?|glvnd|X11|drirc.d)/")
# Seen from within: processes and devices of the system, the display, and the application.
_ENTER = """
set -e
root=$1 application=$2
shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
mount --bind -o ro "$application" "$root/opt/focus-viewer"
exec env -i DISPLAY="$DISPLAY" HOME=/work LANG=C.UTF-8 \
    ${XAUTHORITY:+XAUTHORITY=/tmp/Xauthority} "$(command -v chroot)" "$root" "$@"
"""


def problem() -> str:
    """Why no bare root can be made here; empty if it can."""
    if not all(map(shutil.which, ("dpkg-query", "unshare", "chroot"))):
        return "dpkg-query, unshare and chroot are needed"
    if subprocess.run([*_unshare(), "true"], check=False, capture_output=True).returncode:
        return "this system lets nobody but root enter another root folder"
    return ""


class BareRoot:
    """Root folder without Python, a shell or any other program.

    Attributes
    ----------
    work : Path
        Its folder for files, called WORK within.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / "work"
        for name in ("proc", "dev", "tmp/.X11-unix", "opt/focus-viewer", "usr/lib", "work"):
            (root / name).mkdir(parents=True)
        for path in _files(_with_all_that_they_need(["libc6", "libc-bin", *DEBIAN_PACKAGES])):
            self._copy(path)
        for name in ("lib", "lib64"):
            (root / "usr" / name).mkdir(exist_ok=True)
            (root / name).symlink_to(f"usr/{name}")
        if cookie := os.environ.get("XAUTHORITY"):
            shutil.copyfile(cookie, root / "tmp/Xauthority")

    def run(self, application: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """Start the application of a folder, which cannot be written to, with these words."""
        program = f"{APPLICATION}/focus-viewer"
        return subprocess.run(
            [*_unshare(), "sh", "-c", _ENTER, "sh", self.root, application, program, *words],
            check=False,
            capture_output=True,
            text=True,
        )

    def _copy(self, path: Path) -> None:
        there = self.root / path.parent.resolve().relative_to("/") / path.name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, there, follow_symlinks=False)


def _unshare() -> list[str]:
    return ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]


def _with_all_that_they_need(packages: list[str]) -> set[str]:
    """Names of installed packages, with those that they depend on."""
    depends, provided = _installed()
    found: set[str] = set()
    waiting = [name for package in packages for name in (package, f"{package}t64")]
    while waiting:
        name = waiting.pop()
        name = name if name in depends else provided.get(name, "")
        if name and name not in found:
            found.add(name)
            waiting += depends[name]
    return found


def _dpkg(*words: str) -> list[str]:
    done = subprocess.run(["dpkg-query", *words], check=True, capture_output=True, text=True)  # noqa: S607
    return done.stdout.splitlines()


def _installed() -> tuple[dict[str, list[str]], dict[str, str]]:
    """What each installed package depends on, and the package that stands for another name."""
    fields = r"${Package}\t${Depends}, ${Pre-Depends}\t${Provides}\n"
    rows = [line.split("\t") for line in _dpkg("-W", "-f", fields)]
    depends = {name: list(_names(needed)) for name, needed, _ in rows}
    return depends, {it: name for name, _, others in rows for it in _names(others)}


def _names(field: str) -> Iterator[str]:
    for part in re.split(r"[,|]", field):
        if found := _NAME.match(part.strip()):
            yield found.group()


def _files(packages: set[str]) -> list[Path]:
    """The libraries of packages and what these read; no programs."""
    lines = _dpkg("-L", *sorted(packages))
    paths = sorted({Path(line) for line in lines if _LIBRARIES.match(line)})
    return [path for path in paths if path.is_symlink() or path.is_file()]
