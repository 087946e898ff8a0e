"""Latents: how the encoder's output becomes a code. Each holds its posterior and its prior.

A latent is called as ``latent(h, context, draws)`` with ``h`` (B, width) and returns
``(draw, latent)``: the codes, and the latent itself with whatever statistics it keeps updated.
"""

from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.categorical import Categorical
from isthmus.latents.deterministic import Deterministic
from isthmus.latents.finite_scalar import FiniteScalar
from isthmus.latents.gaussian import FullGaussian, Gaussian
from isthmus.latents.hyperspherical import PowerSpherical
from isthmus.latents.vector_quantised import VectorQuantised, VectorQuantisedEMA

MEMBERS: dict[str, type[AbstractLatent]] = {
    "deterministic": Deterministic,
    "gaussian": Gaussian,
    "full_gaussian": FullGaussian,
    "power_spherical": PowerSpherical,
    "categorical": Categorical,
    "vector_quantised": VectorQuantised,
    "vector_quantised_ema": VectorQuantisedEMA,
    "finite_scalar": FiniteScalar,
}
"""The latents by the names that settings and the command line use."""

__all__ = [
    "MEMBERS",
    "AbstractLatent",
    "Categorical",
    "Deterministic",
    "FiniteScalar",
    "FullGaussian",
    "Gaussian",
    "PowerSpherical",
    "VectorQuantised",
    "VectorQuantisedEMA",
]
