"""Encoders and decoders: dense, convolutional, mirrored, tied, and the user's own."""

from isthmus.networks.chain import (
    AbstractNetwork,
    Chain,
    LinearPath,
    PerExample,
    Tied,
    mirror,
    nonlinear_branch,
    start_at_zero,
    tie,
)
from isthmus.networks.conditional import Conditional, conditioned, given
from isthmus.networks.convolutional import Convolutional
from isthmus.networks.dense import Dense

MEMBERS = {"dense": Dense, "conv": Convolutional}
"""The architectures by the names that settings and the command line use."""

__all__ = [
    "MEMBERS",
    "AbstractNetwork",
    "Chain",
    "Conditional",
    "Convolutional",
    "Dense",
    "LinearPath",
    "PerExample",
    "Tied",
    "conditioned",
    "given",
    "mirror",
    "nonlinear_branch",
    "start_at_zero",
    "tie",
]
