"""Commands of `focus-viewer`, one file each."""
