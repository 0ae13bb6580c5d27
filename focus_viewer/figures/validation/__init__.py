"""Validation report as a page and as HTML: what a taught model is worth, on what data."""
