"""Likelihoods: what the decoder's output says about an example, in nats.

A likelihood is called as ``likelihood(x_hat, x)`` with ``x_hat`` (K, B, D), the decoder's raw
output, and ``x`` (B, D); it returns the negative log likelihood (K, B), summed over features.
"""

from isthmus.likelihoods.abstract import AbstractLikelihood
from isthmus.likelihoods.bernoulli import Bernoulli, ContinuousBernoulli
from isthmus.likelihoods.categorical import Categorical
from isthmus.likelihoods.columns import Columns
from isthmus.likelihoods.counts import NegativeBinomial, Poisson
from isthmus.likelihoods.gaussian import Gaussian, LearnedGaussian, OptimalGaussian
from isthmus.likelihoods.laplace import Huber, Laplace
from isthmus.likelihoods.masked import Masked

MEMBERS: dict[str, type[AbstractLikelihood]] = {
    "gaussian": Gaussian,
    "learned_gaussian": LearnedGaussian,
    "optimal_gaussian": OptimalGaussian,
    "bernoulli": Bernoulli,
    "continuous_bernoulli": ContinuousBernoulli,
    "laplace": Laplace,
    "huber": Huber,
    "poisson": Poisson,
    "negative_binomial": NegativeBinomial,
    "categorical": Categorical,
    "columns": Columns,
    "masked": Masked,
}
"""The likelihoods by the names that settings and the command line use."""

__all__ = [
    "MEMBERS",
    "AbstractLikelihood",
    "Bernoulli",
    "Categorical",
    "Columns",
    "ContinuousBernoulli",
    "Gaussian",
    "Huber",
    "Laplace",
    "LearnedGaussian",
    "Masked",
    "NegativeBinomial",
    "OptimalGaussian",
    "Poisson",
]
