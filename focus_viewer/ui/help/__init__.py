"""Help: the guide, and what happened in this session."""
