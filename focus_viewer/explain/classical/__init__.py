"""Classifiers of mean spectra, which know no ViT: what a taught ViT is compared with."""
