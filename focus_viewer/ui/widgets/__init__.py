"""Shared widgets, commands, bindings, wording and style."""
