"""Protocol that every format reader implements."""
