"""All methods on the same frozen backbone and the same scenes, in one run."""
