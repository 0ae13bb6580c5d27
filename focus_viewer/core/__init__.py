"""Numpy only: cubes, spectra, saliency and the pure functions between them."""
