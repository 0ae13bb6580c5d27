"""Research tables and plots of the training, benchmark and ablation commands."""
