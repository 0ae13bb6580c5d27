"""Curve plots: importance, spectra, effect size."""
