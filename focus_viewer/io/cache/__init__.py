"""Band cache: band-sequential copies of cubes in the user's cache folder."""

from focus_viewer.io.cache.eviction import cache_folder, clear_cache, limit_bytes, used_bytes

__all__ = [
    "cache_folder",
    "clear_cache",
    "limit_bytes",
    "used_bytes",
]
