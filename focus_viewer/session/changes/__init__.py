"""Changes of the state: named methods, one file for each slice.

Results of background work enter the state here: a late one, whose ticket is outdated or whose
document is closed, is dropped by the method that takes it.
"""
