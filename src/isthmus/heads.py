"""Heads: what a code is also asked to tell, trained jointly; each returns (B,) nats."""

from abc import abstractmethod
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from isthmus.networks.layers import Linear
from isthmus.typing import Array, Float, Number, Pass


class AbstractHead(eqx.Module):
    """What every head does."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return what the head charges, nats an example."""


class Classifier(AbstractHead):
    r"""Multinomial logistic regression on the code, :math:`-w \log p(y | z)`, the mean over draws.

    Parameters
    ----------
    layer
        From a code to the logits of the classes.
    weight
        w >= 0.

    Examples
    --------
    >>> head = Classifier.create(np.random.default_rng(0), latent_dim=2, n_classes=3)
    >>> head.logits(jnp.zeros((4, 2))).shape
    (4, 3)
    """

    layer: Linear
    weight: Number = 1.0

    @classmethod
    def create(
        cls, rng: np.random.Generator, latent_dim: int, n_classes: int, weight: Number = 1.0
    ) -> Self:
        """Draw the weights of the logistic regression."""
        return cls(Linear.create(rng, (latent_dim,), (n_classes,), "identity"), weight)

    def logits(self, z: Float[Array, "B d"]) -> Float[Array, "B classes"]:
        """Return the logits of the classes."""
        return self.layer(z)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted cross-entropy of the labels; ``p.target`` holds class numbers."""
        assert p.target is not None
        log_p = jax.nn.log_softmax(jax.vmap(self.logits)(p.draw.z))  # (K, B, classes)
        picked = jnp.take_along_axis(log_p, p.target[None, :, None].astype(int), axis=-1)
        return -self.weight * picked[..., 0].mean(0)
