"""Critics of codes: against the prior, and against codes of independent dimensions."""

from typing import Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_between
from isthmus.networks import AbstractNetwork, Convolutional, Dense
from isthmus.penalties.critic import (
    AbstractCritic,
    check_critic,
    classified_as_generated,
    classified_as_real,
    logits,
    prior_codes,
    squared_gradient_norm,
    stream,
)
from isthmus.records import Pass
from isthmus.specifications import Number


class PriorCritic(AbstractCritic):
    r"""Codes that a critic cannot tell from the prior's: the adversarial autoencoder.

    .. math:: G = -\log D(z), \qquad
        L = -\log D(y) - \log(1 - D(z)) + \tfrac{\gamma}{2} \lVert T'(y) \rVert^2

    with a code z of each example, a draw y from the prior for each, T the critic's logit and D its
    logistic function; means over draws of the code. Without the gradient penalty the best critic's
    logit is :math:`\log p(z) / q(z)`, where L is 2 log 2 less twice the Jensen-Shannon divergence
    of the codes from the prior. With it the players come to rest there: without, and with Adam's
    momentum, codes may circle about the prior. The prior is the latent's own, and standard normal
    where it has none.

    Parameters
    ----------
    weight
        w >= 0, of the charge G.
    gradient_penalty
        gamma >= 0.
    critic
        Architecture of the critic, whose input is a code.
    network
        Made by `create`.

    References
    ----------
    Makhzani et al., Adversarial autoencoders, 2016, section 2. There reconstruction and adversary
    take turns, here they step together; the charge is the non-saturating one of Goodfellow et al.,
    Generative adversarial nets, NIPS 2014, section 3. The gradient penalty, which the first has
    not, is R1 of Mescheder, Geiger and Nowozin, Which training methods for GANs do actually
    converge?, ICML 2018, section 4.1.

    Examples
    --------
    >>> PriorCritic(2.0).critic.hidden
    (64, 64)
    """

    weight: Number = 1.0
    gradient_penalty: Number = 1.0
    critic: Dense | Convolutional = Dense(hidden=(64, 64), activation="leaky_relu")
    network: AbstractNetwork | None = None

    def __check_init__(self) -> None:
        check_between("penalty PriorCritic", "weight", self.weight, 0, np.inf)
        check_between("penalty PriorCritic", "gradient_penalty", self.gradient_penalty, 0, np.inf)
        check_critic("PriorCritic", self.critic, (Dense,))

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this critic with its network drawn."""
        return self._drawn(latent_dim, rng)

    def loss(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return the cost of telling codes from draws of the prior."""
        prior = prior_codes(p, stream(p))
        real = classified_as_real(
            logits(network, prior)
        ) + self.gradient_penalty / 2 * squared_gradient_norm(network, prior)
        return real + classified_as_generated(logits(network, p.draw.z)).mean(0)

    def charge(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return the cost to the codes of not being classified as draws of the prior."""
        return self.weight * classified_as_real(logits(network, p.draw.z)).mean(0)


class TotalCorrelationCritic(AbstractCritic):
    r"""Independent code dimensions, their dependence read off a critic: FactorVAE.

    .. math:: G = \log \frac{D(z)}{1 - D(z)}, \qquad L = -\log D(z) - \log(1 - D(\tilde z))

    with :math:`\tilde z` the batch's codes, every dimension permuted by itself: draws from the
    product of the marginals. The best critic's logit is the log density ratio
    :math:`\log q(z) / \prod_i q(z_i)`, whose mean is the total correlation, in nats. Unlike
    `TotalCorrelation` it takes any code, and sees more than log B nats. The mean over draws;
    examples of weight zero are not permuted into others.

    Parameters
    ----------
    weight
        w >= 0, of the charge G, nats a nat.
    critic
        Architecture of the critic, whose input is a code.
    network
        Made by `create`.

    References
    ----------
    Kim and Mnih, Disentangling by factorising, ICML 2018, equations 2 and 3, algorithms 1
    (permutation) and 2. There the permuted codes are of a second batch, here of the same one.

    Examples
    --------
    >>> TotalCorrelationCritic(6.0).weight
    6.0
    """

    weight: Number = 5.0
    critic: Dense | Convolutional = Dense(hidden=(64, 64), activation="leaky_relu")
    network: AbstractNetwork | None = None

    def __check_init__(self) -> None:
        check_between("penalty TotalCorrelationCritic", "weight", self.weight, 0, np.inf)
        check_critic("TotalCorrelationCritic", self.critic, (Dense,))

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this critic with its network drawn."""
        return self._drawn(latent_dim, rng)

    def loss(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return what it costs to tell codes from those of independent dimensions."""
        apart = permuted(stream(p), p.draw.z, p.context.weights)
        real = classified_as_real(logits(network, p.draw.z))
        return (real + classified_as_generated(logits(network, apart))).mean(0)

    def charge(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return the weighted log density ratio at the codes."""
        return self.weight * logits(network, p.draw.z).mean(0)


def permuted(
    key: PRNGKeyArray, z: Float[Array, "K B d"], weights: Float[Array, " B"]
) -> Float[Array, "K B d"]:
    """Return codes with each dimension permuted by itself among the examples that count."""
    counted = weights > 0
    places = jnp.cumsum(counted) - 1  # of an example among those that count
    ranks = jnp.where(counted[:, None], jax.random.uniform(key, z.shape), jnp.inf)
    order = jnp.argsort(ranks, axis=1)  # those that count come first
    return jnp.take_along_axis(z, order[:, places], axis=1)
