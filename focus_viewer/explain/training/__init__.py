"""Training of backbone and prompts on samples with known truth."""
