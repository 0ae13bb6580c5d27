"""Metrics of explanations: correctness, sharpness, faithfulness, stability and cost.

Each metric is a pure function of saliency volumes and, where truth is known, of a `Truth`. Names
are those of the benchmark's table. Not a number means that there is nothing to measure (a healthy
leaf has no lesion to find): such scenes are left out of means.
"""
