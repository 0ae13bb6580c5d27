"""Dialogs to choose an array in a file or images in a folder."""
