"""Identity of files: size, time and content hashes, relative paths."""
