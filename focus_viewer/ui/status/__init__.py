"""Status of the work: jobs in the status bar, and banners over the image."""
