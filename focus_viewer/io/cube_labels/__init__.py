"""Labels of whole cubes in tables, for cubes that are open or listed."""
