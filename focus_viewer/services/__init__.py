"""Services of the explorer by the package's own readers and models."""
