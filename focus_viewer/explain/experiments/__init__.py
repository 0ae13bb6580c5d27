"""Experiments beside the product: ablation, prompt bank, many classes."""
