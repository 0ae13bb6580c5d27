"""Metadata of images: headers, wavelengths, units, scaling, georeference."""
