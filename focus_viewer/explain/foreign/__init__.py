"""Frozen models that were trained elsewhere, read through adapters and taken apart as they are."""
