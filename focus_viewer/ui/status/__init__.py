"""Status of the work: jobs in the status bar, and banners above the image."""
