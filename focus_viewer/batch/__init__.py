"""Many cubes: work list, journal and one table, in one process or on dask.distributed."""
