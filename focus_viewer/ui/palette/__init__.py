"""Command palette: search over all commands of the window."""
