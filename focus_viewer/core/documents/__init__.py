"""Documents to keep or publish: projects, figure specifications, export requests."""
