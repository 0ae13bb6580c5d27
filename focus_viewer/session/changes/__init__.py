"""Changes of the state: named methods, one file for each slice."""
