"""Saliency volumes, explanations, their requests and the model card."""
