"""Bounds: how reconstruction and divergence sum up to what training minimises.

A bound is called with a `Pass` and returns (B,) nats an example.
"""

from abc import abstractmethod

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from isthmus.typing import Array, Float, Number, Pass, Spec, check_between


class AbstractBound(Spec):
    """What every bound does."""

    draws: eqx.AbstractVar[int]
    """Codes drawn for each example in training, K."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the bound on the negative log likelihood, nats an example."""


class ELBO(AbstractBound):
    r"""The negative evidence lower bound, its divergence weighted.

    .. math:: \frac1K \sum_k c_k + \beta_t \, KL + \text{what the latent charges}

    with :math:`\beta_t = \beta \min(1, t / T)` after t epochs of a warm-up of T. For a
    deterministic code the divergence is zero and this is the reconstruction cost.

    Parameters
    ----------
    beta
        Weight of the divergence, >= 0. It is 1 for a bound on the likelihood.
    warmup
        Epochs T over which the weight rises linearly from zero; 0 starts at ``beta``.
    draws
        Codes drawn for each example, K >= 1; the cost is their mean.

    References
    ----------
    Kingma and Welling, ICLR 2014, equation 3; Higgins et al., beta-VAE, ICLR 2017, equation 4;
    Sønderby et al., Ladder VAE, NIPS 2016, section 2.3 (warm-up).

    Examples
    --------
    >>> float(ELBO(beta=4.0, warmup=10).weight(jnp.asarray(5.0)))
    2.0
    """

    beta: Number = 1.0
    warmup: Number = 0.0
    draws: int = eqx.field(static=True, default=1)

    def __check_init__(self) -> None:
        check_between("bound ELBO", "beta", self.beta, 0, np.inf)
        check_between("bound ELBO", "warmup", self.warmup, 0, np.inf)
        check_between("bound ELBO", "draws", self.draws, 1, np.inf)

    def weight(self, epoch: Float[Array, ""]) -> Float[Array, ""]:
        """Return the weight of the divergence after ``epoch`` epochs."""
        ramp = jnp.where(epoch >= self.warmup, 1.0, epoch / jnp.maximum(self.warmup, 1e-9))
        return self.beta * ramp

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return reconstruction plus weighted divergence plus the latent's own charge."""
        return p.cost.mean(0) + self.weight(p.context.epoch) * p.draw.kl + p.draw.cost


MEMBERS: dict[str, type[AbstractBound]] = {"elbo": ELBO}
"""The bounds by the names that settings and the command line use."""
