"""Annotated regions: shapes, masks, statistics and comparison of regions."""
