"""Image view: composite, heatmap, read-out, colour bar."""
