"""Runs compared: what differs in their settings, and in what they reach on the same examples."""

from isthmus.comparison.comparing import Comparison, compare

__all__ = ["Comparison", "compare"]
