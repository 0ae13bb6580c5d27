"""Pre-training of a backbone without classes of its own, on spectra alone."""
