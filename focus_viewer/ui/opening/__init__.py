"""Dialogs of opening: arrays of a file, images of a folder."""
