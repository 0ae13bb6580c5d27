"""Studies: explained cubes in groups, compared with plants as units."""
