"""Sweeps: many fits over a grid of settings and seeds, as few programs as their shapes allow."""

from isthmus.sweep.search import Sweep

__all__ = ["Sweep"]
