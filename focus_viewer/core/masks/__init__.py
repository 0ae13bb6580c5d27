"""Masks: pixels that statistics of a cube are limited to."""
