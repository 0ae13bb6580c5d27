"""`focus-viewer cache`: location and size of the band cache."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all cached bands.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show the location, size and size limit of the band cache.

    FOCUS_VIEWER_CACHE names another folder, FOCUS_VIEWER_CACHE_GB another limit. The cubes
    themselves are never touched.
    """
    from focus_viewer.io.cache import cache_folder, clear_cache, limit_bytes, used_bytes

    if clear:
        clear_cache()
    folder, used, limit = cache_folder(), used_bytes(), limit_bytes()
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "used_bytes": used, "limit_bytes": limit}))
    else:
        typer.echo(f"{folder}: {used / 1e9:,.1f} GB of {limit / 1e9:,.1f} GB")
