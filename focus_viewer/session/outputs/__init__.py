"""Outputs of the state: figure subject, export summary, CSV of regions."""
