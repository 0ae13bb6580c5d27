"""Readers of the annotation files of other programs."""
