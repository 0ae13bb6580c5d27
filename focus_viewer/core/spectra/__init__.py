"""Spectra: wavelength ranges, band windows, transforms, vegetation indices."""
