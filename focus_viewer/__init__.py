"""FOCUS Viewer: why a frozen Vision Transformer decides what it decides on a hyperspectral cube."""

__version__ = "0.1.0"
