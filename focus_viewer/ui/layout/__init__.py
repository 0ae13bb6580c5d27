"""Layout of the window: how it is built, sized and remembered."""
