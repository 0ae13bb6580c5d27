"""Tests of an explanation on the image that was explained, in the background of a window."""
