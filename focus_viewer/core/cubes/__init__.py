"""Cubes: lazily read pixels with their wavelengths, metadata and reports."""
