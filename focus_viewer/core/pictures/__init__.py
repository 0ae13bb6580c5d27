"""Pictures of cubes: composites for display and thumbnails."""
