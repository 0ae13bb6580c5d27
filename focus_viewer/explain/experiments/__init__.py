"""Experiments beside the product: ablation."""
