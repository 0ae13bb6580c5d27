"""ENVI reader."""
