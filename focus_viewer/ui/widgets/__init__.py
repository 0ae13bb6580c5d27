"""Widgets, commands, bindings, wording and style that all panels share."""
