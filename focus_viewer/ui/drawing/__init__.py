"""Drawing tools on the image canvas."""
