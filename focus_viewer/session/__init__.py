"""State of the explorer, changes of it, and background work that they start; without Qt."""
