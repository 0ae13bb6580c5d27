"""The FOCUS model: frozen backbone, spectral prompts, checkpoints, model cards."""
