"""Inference: the explainer, sliding window, band groups, devices, hooks."""
