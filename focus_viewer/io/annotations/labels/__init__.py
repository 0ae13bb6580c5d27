"""Images of labels: masks as PNG, rasters of other programs, and what their numbers stand for."""
