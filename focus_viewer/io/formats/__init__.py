"""Readers of file formats beside ENVI, one a file; content decides, not the name."""
