"""Background tasks: what the state lacks, and who brings it."""
