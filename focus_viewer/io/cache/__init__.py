"""Bands of cubes that lie scattered in their files, kept together in the user's cache folder."""

from focus_viewer.io.cache.banded import BandCache, band_cache_of, with_band_cache
from focus_viewer.io.cache.room import cache_folder, clear_cache, limit_bytes, used_bytes

__all__ = [
    "BandCache",
    "band_cache_of",
    "cache_folder",
    "clear_cache",
    "limit_bytes",
    "used_bytes",
    "with_band_cache",
]
