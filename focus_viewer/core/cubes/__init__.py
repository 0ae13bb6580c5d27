"""Cubes: lazily read pixels with their wavelengths, composites, thumbnails and reports."""
