"""Inputs of a batch: the cubes that are named, and how they are opened."""
