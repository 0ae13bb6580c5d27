"""Rivals that know no model: classic target and anomaly detectors on the reflectance alone.

They say where a leaf departs from itself, or from which bands; what a model decides is nothing to
them. An explanation of a model ought to do better wherever a model can know more.
"""
