"""Many cubes in the background: all open ones explained, studies read and compared."""
