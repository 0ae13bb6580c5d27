"""Anonymous text: paths, file names and the user's name are replaced before it is passed on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_SUFFIX = (
    "hdr|dat|img|raw|bil|bip|bsq|bin|cube|lan|tiff?|h5|he5|hdf5?|nc4?|mat|npy|npz|zarr|json|geojson|"
    "xml|csv|tsv|txt|sli|asd|gpkg|shp|kml|png|pdf|svg|zip|gz"
)
# A path may hold spaces: it goes as far as it can, to the end of the line, a quote or a colon.
_QUOTED = re.compile(r"""(["'])((?:/|~|\\\\|[A-Za-z]:[\\/])[^"'\n]*)\1""")
_BARE = re.compile(r"(?<![\w/.:\\])(?:/(?=[^\s/])|~/|\\\\|[A-Za-z]:[\\/])[^\"'\n:<>|]*")
_NAME = re.compile(rf"[^\s\"'/\\(,;:=]+\.({_SUFFIX})\b", re.IGNORECASE)
_OURS = re.compile(r"(?:focus_viewer|site-packages|lib[\\/]python\d[\d.]*)[\\/].*", re.DOTALL)
_SHORTEST = 3


def anonymous(text: str, names: Iterable[str], home: Path, user: str) -> str:
    """Return text without paths of files, names of files and of the user.

    Paths inside this program and its libraries stay, from their package on: tracebacks need them.

    Parameters
    ----------
    names : iterable of str
        Names of cubes and projects, with or without suffix.
    home, user : Path, str
        Home folder and login name.
    """
    text = _QUOTED.sub(lambda found: f"{found[1]}{_shortened(found[2])}{found[1]}", text)
    text = text.replace(str(home), "~") if len(str(home)) >= _SHORTEST else text
    text = _BARE.sub(lambda found: _shortened(found[0]), text)
    for number, name in enumerate(sorted({*names} - {""}, key=len, reverse=True), 1):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"NAME{number}", text)
    text = _NAME.sub(lambda found: f"FILE.{found[1].lower()}", text)
    if len(user) >= _SHORTEST:
        text = re.sub(rf"(?<!\w){re.escape(user)}(?!\w)", "USER", text, flags=re.IGNORECASE)
    return text


def _shortened(path: str) -> str:
    ours = _OURS.search(path)
    if ours is not None:
        return f".../{ours[0]}"
    suffix = re.search(rf"\.({_SUFFIX})\b", path, re.IGNORECASE)
    return f"FILE.{suffix[1].lower()}" if suffix else "PATH"
