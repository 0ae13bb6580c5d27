"""Layers over the picture, and the mask of a cube."""
