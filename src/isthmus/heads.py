"""Heads: what a code is also asked to tell, trained jointly; each returns (B,) nats.

What a head charges for an example without a label has no meaning; its weight is zero.
"""

from abc import abstractmethod
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Shaped

from isthmus.errors import SettingError
from isthmus.networks.layers import Linear
from isthmus.records import Pass
from isthmus.specifications import Number

LEAST_LOG_SCALE = -6.0
"""A learned log scale stays above this, so that a perfect fit has a finite likelihood."""


class AbstractHead(eqx.Module):
    """What every head does."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return what the head charges, nats an example."""

    @abstractmethod
    def read(self, z: Float[Array, "B d"]) -> Float[Array, "B outputs"]:
        """Return what the head reads from codes."""

    def divergence(
        self, one: Float[Array, "... outputs"], other: Float[Array, "... outputs"]
    ) -> Float[Array, "..."]:
        """Return how far what was read from other codes is from the first, nats, >= 0."""
        raise SettingError(f"head {type(self).__name__} does not compare views: write divergence.")

    def confidence(self, read: Float[Array, "... outputs"]) -> Float[Array, "..."]:
        """Return how sure the head is of what it read, in [0, 1]."""
        raise SettingError(f"head {type(self).__name__} has no confidence: write confidence.")


class Classifier(AbstractHead):
    r"""Multinomial logistic regression on the code, :math:`-w \log p(y | z)`, the mean over draws.

    Parameters
    ----------
    layer
        From a code to the logits of the classes.
    weight
        w >= 0.
    column
        Which column of the targets holds the class numbers; None where they are no table.

    Examples
    --------
    >>> head = Classifier.create(np.random.default_rng(0), latent_dim=2, n_classes=3)
    >>> head.read(jnp.zeros((4, 2))).shape
    (4, 3)
    """

    layer: Linear
    weight: Number = 1.0
    column: int | None = eqx.field(static=True, default=None)

    @classmethod
    def create(
        cls,
        rng: np.random.Generator,
        latent_dim: int,
        n_classes: int,
        weight: Number = 1.0,
        column: int | None = None,
    ) -> Self:
        """Draw the weights of the logistic regression."""
        return cls(Linear.create(rng, (latent_dim,), (n_classes,), "identity"), weight, column)

    def read(self, z: Float[Array, "B d"]) -> Float[Array, "B classes"]:
        """Return the logits of the classes."""
        return self.layer(z)

    def divergence(
        self, one: Float[Array, "... classes"], other: Float[Array, "... classes"]
    ) -> Float[Array, "..."]:
        """Return the Kullback-Leibler divergence KL(one || other) of the classes."""
        log_p, log_q = jax.nn.log_softmax(one), jax.nn.log_softmax(other)
        return (jnp.exp(log_p) * (log_p - log_q)).sum(-1)

    def confidence(self, read: Float[Array, "... classes"]) -> Float[Array, "..."]:
        """Return the probability of the likeliest class."""
        return jax.nn.softmax(read).max(-1)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted cross-entropy of the labels.

        The target holds class numbers; or probabilities of the classes (B, classes), as numbers
        with fractions, NaN where there are none.
        """
        if (
            p.target is not None
            and self.column is None
            and jnp.issubdtype(p.target.dtype, jnp.floating)
        ):
            shares = jnp.where(jnp.isnan(p.target), 0, p.target)
            log_p = jax.nn.log_softmax(jax.vmap(self.read)(p.draw.z))
            return -self.weight * (shares * log_p).sum(-1).mean(0)
        columns = None if self.column is None else (self.column,)
        number = _columns(p.target, columns).astype(int)  # (B, 1)
        log_p = jax.nn.log_softmax(jax.vmap(self.read)(p.draw.z))  # (K, B, classes)
        picked = jnp.take_along_axis(log_p, number[None], axis=-1)
        return -self.weight * picked[..., 0].mean(0)


class Regressor(AbstractHead):
    r"""Linear regression on the code with normal noise, the mean over draws.

    .. math:: w \sum_t \frac{(y_t - \hat y_t(z))^2}{2 s_t^2} + \frac12 \log(2 \pi s_t^2),
        \quad \log s = -6 + \mathrm{softplus}(a + 6)

    Parameters
    ----------
    layer
        From a code to the predictions.
    weight
        w >= 0.
    raw_scale : (targets,) or None
        a, where the scale of the noise is learned; None is s = 1: half the squared error and a
        constant.
    columns
        Which columns of the targets are predicted; None is all.

    References
    ----------
    The learned noise: Kendall, Gal and Cipolla, Multi-task learning using uncertainty to weigh
    losses, CVPR 2018, section 3.2. There the constant is left out.

    Examples
    --------
    >>> head = Regressor.create(np.random.default_rng(0), latent_dim=2, n_targets=3)
    >>> head.read(jnp.zeros((4, 2))).shape
    (4, 3)
    """

    layer: Linear
    weight: Number = 1.0
    raw_scale: Float[Array, " targets"] | None = None
    columns: tuple[int, ...] | None = eqx.field(static=True, default=None)

    @classmethod
    def create(
        cls,
        rng: np.random.Generator,
        latent_dim: int,
        n_targets: int = 1,
        weight: Number = 1.0,
        learned_scale: bool = False,
        columns: tuple[int, ...] | None = None,
    ) -> Self:
        """Draw the weights of the regression; a learned scale starts near 1."""
        layer = Linear.create(rng, (latent_dim,), (n_targets,), "identity")
        raw_scale = jnp.asarray(np.zeros(n_targets, np.float32)) if learned_scale else None
        return cls(layer, weight, raw_scale, columns)

    @property
    def log_scale(self) -> Float[Array, " targets"]:
        """The logarithm of the scale as it stands."""
        if self.raw_scale is None:
            return jnp.zeros(self.layer.out_shape)
        return LEAST_LOG_SCALE + jax.nn.softplus(self.raw_scale - LEAST_LOG_SCALE)

    def read(self, z: Float[Array, "B d"]) -> Float[Array, "B targets"]:
        """Return the predictions."""
        return self.layer(z)

    def divergence(
        self, one: Float[Array, "... targets"], other: Float[Array, "... targets"]
    ) -> Float[Array, "..."]:
        """Return the Kullback-Leibler divergence of normal predictions with the head's noise."""
        return ((one - other) ** 2 * jnp.exp(-2 * self.log_scale) / 2).sum(-1)

    def confidence(self, read: Float[Array, "... targets"]) -> Float[Array, "..."]:
        """Return one: the noise is the same for all examples."""
        return jnp.ones(read.shape[:-1])

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted negative log likelihood of the targets."""
        targets = _columns(p.target, self.columns)
        known = ~jnp.isnan(targets)
        read = jax.vmap(self.read)(p.draw.z)  # (K, B, targets)
        errors = jnp.where(known, targets, 0) - jnp.where(known, read, 0)
        log_scale = self.log_scale
        costs = errors**2 * jnp.exp(-2 * log_scale) / 2 + log_scale + jnp.log(2 * jnp.pi) / 2
        return self.weight * jnp.where(known, costs, 0).sum(-1).mean(0)


def _columns(
    target: Shaped[Array, "B ..."] | None, columns: tuple[int, ...] | None
) -> Shaped[Array, "B columns"]:
    """Return columns of the targets as a table: all, or those named."""
    assert target is not None
    table = target.reshape(len(target), -1)
    return table if columns is None else table[:, jnp.asarray(columns)]
