"""Vegetation indices: the catalogue and its formulas."""
