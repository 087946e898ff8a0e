"""Latents: how the encoder's output becomes a code. Each holds its posterior and its prior.

A latent is called as ``latent(h, context, draws)`` with ``h`` (B, width) and returns
``(draw, latent)``: the codes, and the latent itself with whatever statistics it keeps updated.
"""

from isthmus.latents.abstract import AbstractLatent
from isthmus.latents.categorical import Categorical
from isthmus.latents.deterministic import Deterministic
from isthmus.latents.discrete import AbstractDiscrete, is_discrete
from isthmus.latents.finite_scalar import FiniteScalar
from isthmus.latents.flows import AbstractFlow, InverseAutoregressive, NormalisingFlow, Planar
from isthmus.latents.gaussian import FullGaussian, Gaussian
from isthmus.latents.hyperspherical import PowerSpherical
from isthmus.latents.masked import MADE
from isthmus.latents.ordered import NestedDropout
from isthmus.latents.poincare import PoincareBall
from isthmus.latents.priors import MAF, AbstractPrior, Mixture, StandardNormal, VampPrior
from isthmus.latents.residual_quantised import ResidualVectorQuantised
from isthmus.latents.sparse import BatchTopK, TopK
from isthmus.latents.vector_quantised import VectorQuantised, VectorQuantisedEMA
from isthmus.latents.von_mises_fisher import VonMisesFisher

MEMBERS: dict[str, type[AbstractLatent]] = {
    "deterministic": Deterministic,
    "gaussian": Gaussian,
    "full_gaussian": FullGaussian,
    "normalising_flow": NormalisingFlow,
    "power_spherical": PowerSpherical,
    "von_mises_fisher": VonMisesFisher,
    "poincare_ball": PoincareBall,
    "categorical": Categorical,
    "vector_quantised": VectorQuantised,
    "vector_quantised_ema": VectorQuantisedEMA,
    "residual_vector_quantised": ResidualVectorQuantised,
    "finite_scalar": FiniteScalar,
    "top_k": TopK,
    "batch_top_k": BatchTopK,
    "nested_dropout": NestedDropout,
}
"""The latents by the names that settings and the command line use."""

__all__ = [
    "MADE",
    "MAF",
    "MEMBERS",
    "AbstractDiscrete",
    "AbstractFlow",
    "AbstractLatent",
    "AbstractPrior",
    "BatchTopK",
    "Categorical",
    "Deterministic",
    "FiniteScalar",
    "FullGaussian",
    "Gaussian",
    "InverseAutoregressive",
    "Mixture",
    "NestedDropout",
    "NormalisingFlow",
    "Planar",
    "PoincareBall",
    "PowerSpherical",
    "ResidualVectorQuantised",
    "StandardNormal",
    "TopK",
    "VampPrior",
    "VectorQuantised",
    "VectorQuantisedEMA",
    "VonMisesFisher",
    "is_discrete",
]
