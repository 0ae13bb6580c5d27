"""Work of a batch, in this process or in those of a cluster."""
