"""Attaching: prompts and sink for a frozen model that was trained elsewhere, without labels."""
