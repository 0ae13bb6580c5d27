"""Teaching of the user's own classes: choice, preview, and how good it is."""
