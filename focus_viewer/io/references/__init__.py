"""White and dark references, and reference spectra."""
