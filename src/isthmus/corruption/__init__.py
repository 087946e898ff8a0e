"""Corruptions: what is done to an example before the encoder sees it.

A corruption is called as ``corruption(key, x)`` with ``x`` (B, D) in scaled units and returns the
same shape. Two are composed with ``+``: ``Gaussian(0.1) + Masking(0.2)`` adds noise, then masks.
"""

from isthmus.corruption.abstract import AbstractCorruption, Composed
from isthmus.corruption.images import Affine, Rotation, Shift
from isthmus.corruption.noise import BinarisedGaussian, BitFlips, Gaussian, Masking, SaltAndPepper

MEMBERS: dict[str, type[AbstractCorruption]] = {
    "gaussian": Gaussian,
    "masking": Masking,
    "salt_and_pepper": SaltAndPepper,
    "bit_flips": BitFlips,
    "binarised_gaussian": BinarisedGaussian,
    "shift": Shift,
    "rotation": Rotation,
    "affine": Affine,
}
"""The corruptions by the names that settings and the command line use."""

__all__ = [
    "MEMBERS",
    "AbstractCorruption",
    "Affine",
    "BinarisedGaussian",
    "BitFlips",
    "Composed",
    "Gaussian",
    "Masking",
    "Rotation",
    "SaltAndPepper",
    "Shift",
]
