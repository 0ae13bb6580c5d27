"""Baseline explanation methods from the literature on the same frozen backbone, one file each.

`method` has what they share: the question that is put to them, the counting of passes, the form of
the answer. `methods` lists them, chance among them.
"""
