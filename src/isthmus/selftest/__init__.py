"""Identities of the mathematics, checked on this machine: `isthmus selftest`.

For a new version of a library, an accelerator, or a reader who wants to see. Each identity is a
function that returns how far this machine deviates from what theory says.
"""

from isthmus.selftest.identities import IDENTITIES
from isthmus.selftest.identity import Identity, Outcome, run

__all__ = ["IDENTITIES", "Identity", "Outcome", "run"]
