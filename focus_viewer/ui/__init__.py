"""The window: views that show the session's state and gestures that call it."""
