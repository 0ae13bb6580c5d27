"""Readers of file formats; content decides, not the name."""
