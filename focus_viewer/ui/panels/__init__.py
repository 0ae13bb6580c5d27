"""Side panels: classes, model card, metadata."""
