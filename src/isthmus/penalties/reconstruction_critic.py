"""A critic of reconstructions, in whose hidden layer they are compared with their examples."""

from typing import Self

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.networks import AbstractNetwork, Chain, Convolutional, Dense
from isthmus.penalties.critic import (
    AbstractCritic,
    check_critic,
    classified_as_generated,
    classified_as_real,
    features,
    logits,
    prior_codes,
    squared_gradient_norm,
    still,
    stream,
)
from isthmus.records import Pass
from isthmus.specifications import Number


class ReconstructionCritic(AbstractCritic):
    r"""Reconstructions alike in the eyes of a critic that tells them from examples: VAE-GAN.

    .. math:: w \, G &= \tfrac{s}{2} \lVert F(x) - F(\bar x) \rVert^2
        + w \big( -\log D(\bar x) - \log D(\bar x_p) \big) \\
        L &= -\log D(x) - \log(1 - D(\bar x)) - \log(1 - D(\bar x_p))
        + \tfrac{\gamma}{2} \lVert T'(x) \rVert^2

    with :math:`\bar x` the mean reconstruction of x in scaled units, :math:`\bar x_p` that of a
    code from the prior, T the critic's logit, D its logistic function, and F its last hidden layer;
    means over draws of the code. The similarity teaches encoder and decoder, the rest of the charge
    the decoder alone. Codes are decoded as after training. The prior is the latent's own, and
    standard normal where it has none.

    Parameters
    ----------
    weight
        w >= 0, of being taken for real.
    similarity
        s >= 0, of the squared distance in the hidden layer.
    gradient_penalty
        gamma >= 0; it brings the game to rest, see `PriorCritic`.
    critic
        Architecture of the critic, whose input is an example: with at least one hidden layer.
    network
        Made by `create`.

    Raises
    ------
    SettingError
        When it is called, if the model has no decoder.

    References
    ----------
    Larsen et al., Autoencoding beyond pixels using a learned similarity metric, ICML 2016,
    equations 6 to 8 and algorithm 1. There the similarity stands in the place of the likelihood,
    here added to it: a likelihood of a wide scale leaves it little weight. There the hidden layer
    is one of one's choice, here the last; there the decoder's gradient is the critic's loss
    negated, here the non-saturating one.

    Examples
    --------
    >>> ReconstructionCritic(0.5).similarity
    1.0
    """

    weight: Number = 1.0
    similarity: Number = 1.0
    gradient_penalty: Number = 1.0
    critic: Dense | Convolutional = Dense(hidden=(128, 64), activation="leaky_relu")
    network: AbstractNetwork | None = None

    def __check_init__(self) -> None:
        for name in ("weight", "similarity", "gradient_penalty"):
            check_between("penalty ReconstructionCritic", name, getattr(self, name), 0, np.inf)
        check_critic("ReconstructionCritic", self.critic, (Dense, Convolutional), least=1)

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this critic with its network drawn."""
        return self._drawn(features, rng, image_shape)

    def loss(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return what it costs to tell examples from reconstructions and from samples."""
        generated = classified_as_generated(logits(network, _decoded(p, p.draw.z))).mean(0)
        sampled = classified_as_generated(logits(network, _decoded(p, prior_codes(p, stream(p)))))
        x = p.model.known(p.x)
        real = classified_as_real(logits(network, x))
        return (
            real
            + generated
            + sampled
            + self.gradient_penalty / 2 * squared_gradient_norm(network, x)
        )

    def charge(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return the distance from the examples, and what it costs not to be taken for one."""
        assert isinstance(network, Chain)
        seen = _decoded(p, p.draw.z)
        apart = features(network, seen) - features(network, p.model.known(p.x))
        unlike = (apart**2).sum(-1).mean(0) / 2
        generated = classified_as_real(logits(network, _decoded(p, still(p.draw.z)))).mean(0)
        sampled = classified_as_real(logits(network, _decoded(p, prior_codes(p, stream(p)))))
        return self.similarity * unlike + self.weight * (generated + sampled)


def _decoded(p: Pass, z: Float[Array, "*shape d"]) -> Float[Array, "*shape D"]:
    """Return the mean reconstructions of codes, in scaled units, as after training."""
    if p.model.decoder is None:
        raise SettingError(
            "penalty ReconstructionCritic needs a decoder, and decoder is None: set one, or drop "
            "the penalty."
        )
    mean = p.model.likelihood.mean(p.model.decode(z.reshape(-1, z.shape[-1])))
    return jnp.reshape(mean, (*z.shape[:-1], -1))
