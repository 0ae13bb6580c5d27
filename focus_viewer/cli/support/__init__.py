"""Support of the commands: progress, results, isolated reader process."""
