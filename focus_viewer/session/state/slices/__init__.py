"""Slices of the state that know no document."""
