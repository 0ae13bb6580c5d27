"""Labels of whole cubes: dialog, table, and the class on a tab."""
