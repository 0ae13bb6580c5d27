"""Leaf scenes with known truth, from the PROSPECT-D leaf optics model (extra `simulate`)."""
