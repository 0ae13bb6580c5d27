"""Array containers: NumPy, MATLAB, netCDF, Zarr, and the choice among their arrays."""
