"""Inputs: what a user states of a frozen model, and the cubes; read and checked."""
