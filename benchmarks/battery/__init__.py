"""Batteries of faults: kills, mutated files, load, and other people's software.

Run one by
``python -m benchmarks.battery kills|mutants|soak|clients|contract [--count N] [--seed S]``. Each
prints what did not hold, and ends with "N tried, M held". The tests run a small part of each.
"""
