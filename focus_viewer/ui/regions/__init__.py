"""Region table and its commands."""
