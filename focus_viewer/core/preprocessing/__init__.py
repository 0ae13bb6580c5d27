"""Preprocessing of cubes: reflectance calibration, smoothing, binning, sensor tables."""
