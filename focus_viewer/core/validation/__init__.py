"""Validation of classifiers on parts of a data set that they were not taught from."""
