"""Study view: groups of explained cubes compared."""
