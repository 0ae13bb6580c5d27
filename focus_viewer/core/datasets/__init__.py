"""Labelled data sets: cubes and regions with classes and groups, and their splits into folds."""
