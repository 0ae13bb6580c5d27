"""Dialogs of preprocessing: calibration, smoothing, bad bands, sensor."""
