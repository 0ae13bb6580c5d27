"""Spectral libraries: ENVI, ECOSTRESS, ASD and tables."""
