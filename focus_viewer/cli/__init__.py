"""Commands for terminals, scripts and machines without a display."""
