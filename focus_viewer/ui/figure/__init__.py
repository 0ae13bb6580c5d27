"""Dialog of the publication figure."""
