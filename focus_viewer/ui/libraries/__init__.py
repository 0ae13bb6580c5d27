"""Spectral libraries: their window, and their spectra over those of a cube."""
