"""TIFF and GeoTIFF reader."""
