"""FOCUS: a frozen ViT read by spectral prompts; decisions with their saliency in one pass."""
