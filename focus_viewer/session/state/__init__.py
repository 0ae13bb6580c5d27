"""State of the explorer: frozen values, one file for each kind."""
