"""Models: the list to choose from, its memory, and their comparison."""
