"""Storage access: raw arrays, read plans, files, damage errors."""
