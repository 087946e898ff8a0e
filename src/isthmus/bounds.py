"""Bounds: how reconstruction and divergence sum up to what training minimises.

A bound is called with a `Pass` and returns (B,) nats an example.
"""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jaxtyping import Array, Float

from isthmus.checks import check_between, check_whole
from isthmus.errors import SettingError
from isthmus.records import Pass
from isthmus.specifications import Number, Spec


class AbstractBound(Spec):
    """What every bound does."""

    draws: eqx.AbstractVar[int]
    """Codes drawn for each example in training, K."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the bound on the negative log likelihood, nats an example."""


def ramp(epoch: Float[Array, ""], warmup: Number) -> Float[Array, ""]:
    """Return the share, in [0, 1], of a linear warm-up that is over after ``epoch`` epochs.

    Examples
    --------
    >>> float(ramp(jnp.asarray(5.0), 10)), float(ramp(jnp.asarray(5.0), 0))
    (0.5, 1.0)
    """
    return jnp.where(epoch >= warmup, 1.0, epoch / jnp.maximum(warmup, 1e-9))


def log_weights(p: Pass) -> Float[Array, "K B"]:
    """Return each draw's log importance weight, log p(x, z) - log q(z|x), nats."""
    return -p.cost - p.draw.log_ratio


def grouped_bound(log_weights: Float[Array, "K B"], groups: int) -> Float[Array, " B"]:
    r"""Return the importance-weighted bound of every group of draws, averaged over the groups.

    .. math:: -\frac1M \sum_{m=1}^M \log \frac{M}{K} \sum_{k=1}^{K/M} w_{m,k}

    One group is the bound of all the draws, K groups are the evidence lower bound.

    Examples
    --------
    >>> weights = jnp.log(jnp.array([[1.0], [3.0]]))
    >>> round(float(jnp.exp(-grouped_bound(weights, 1)[0])), 4)  # their mean
    2.0
    """
    each = log_weights.reshape(groups, -1, log_weights.shape[-1])
    return (jnp.log(each.shape[1]) - logsumexp(each, axis=1)).mean(0)


def check_groups(owner: str, draws: int, groups: int) -> None:
    """Raise `SettingError` unless the draws fall into that many equal groups."""
    check_whole(owner, "draws", draws, 1)
    check_whole(owner, "groups", groups, 1)
    if draws % groups:
        raise SettingError(
            f"{owner}: {draws} draws do not fall into {groups} equal groups; take a multiple of "
            f"{groups} draws."
        )


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
        Codes drawn for each example, K >= 1; the cost is their mean. Static: another number is
        another program.

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
        check_whole("bound ELBO", "draws", self.draws, 1)

    def weight(self, epoch: Float[Array, ""]) -> Float[Array, ""]:
        """Return the weight of the divergence after ``epoch`` epochs."""
        return self.beta * ramp(epoch, self.warmup)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return reconstruction plus weighted divergence plus the latent's own charge."""
        return p.cost.mean(0) + self.weight(p.context.epoch) * p.draw.kl + p.draw.cost


class FreeBits(AbstractBound):
    r"""The negative evidence lower bound, each dimension's first nats of divergence free.

    .. math:: \frac1K \sum_k c_k + \sum_j \max(\lambda, \overline{KL}_j)

    where the bar is the mean over the batch, by the examples' weights. A dimension below the floor
    costs the constant floor and nothing draws it further towards the prior. Needs a latent whose
    divergence is a sum over dimensions, ``kl_per_dimension``.

    Parameters
    ----------
    floor
        Free divergence of each dimension, lambda >= 0, nats; 0 is the evidence lower bound.
    draws
        Codes drawn for each example, K >= 1; the cost is their mean. Static: another number is
        another program.

    References
    ----------
    Kingma et al., Improved variational inference with inverse autoregressive flow, NIPS 2016,
    appendix C.8. There the floor is for a group of dimensions, here for each one. A dimension above
    the floor charges every example its own divergence, which has the same mean over the batch.

    Examples
    --------
    >>> FreeBits().floor
    0.25
    """

    floor: Number = 0.25
    draws: int = eqx.field(static=True, default=1)

    def __check_init__(self) -> None:
        check_between("bound FreeBits", "floor", self.floor, 0, np.inf)
        check_whole("bound FreeBits", "draws", self.draws, 1)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return reconstruction plus divergence above the floor plus the latent's own charge."""
        kl = p.draw.statistics.get("kl_per_dimension")
        if kl is None:
            raise SettingError(
                "bound FreeBits needs a divergence for each dimension, and the latent "
                f"{type(p.model.latent).__name__} has none: use latent='gaussian'."
            )
        weights = p.context.weights / p.context.weights.sum()
        above = weights @ kl > self.floor  # (d,)
        return p.cost.mean(0) + jnp.where(above, kl, self.floor).sum(-1) + p.draw.cost


class Capacity(AbstractBound):
    r"""A divergence held at a capacity that grows while training goes on.

    .. math:: \frac1K \sum_k c_k + \gamma \, |KL - C_t|, \quad C_t = C \min(1, t / T)

    after t epochs of a warm-up of T. Not a bound on the likelihood unless the capacity is zero and
    gamma one.

    Parameters
    ----------
    capacity
        Divergence C at which the warm-up ends, >= 0, nats an example.
    gamma
        Weight of the distance from it, >= 0.
    warmup
        Epochs T over which the capacity rises linearly from zero; 0 starts at ``capacity``.
    draws
        Codes drawn for each example, K >= 1; the cost is their mean. Static: another number is
        another program.

    References
    ----------
    Burgess et al., Understanding disentangling in beta-VAE, 2018, equation 8. The distance is each
    example's own, as written there; some implementations take that of the batch's mean. There the
    warm-up is 100,000 steps.

    Examples
    --------
    >>> float(Capacity(capacity=8.0, warmup=10).target(jnp.asarray(5.0)))
    4.0
    """

    capacity: Number = 25.0
    gamma: Number = 1000.0
    warmup: Number = 20.0
    draws: int = eqx.field(static=True, default=1)

    def __check_init__(self) -> None:
        check_between("bound Capacity", "capacity", self.capacity, 0, np.inf)
        check_between("bound Capacity", "gamma", self.gamma, 0, np.inf)
        check_between("bound Capacity", "warmup", self.warmup, 0, np.inf)
        check_whole("bound Capacity", "draws", self.draws, 1)

    def target(self, epoch: Float[Array, ""]) -> Float[Array, ""]:
        """Return the capacity after ``epoch`` epochs, nats an example."""
        return self.capacity * ramp(epoch, self.warmup)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return reconstruction plus the weighted distance plus the latent's own charge."""
        distance = jnp.abs(p.draw.kl - self.target(p.context.epoch))
        return p.cost.mean(0) + self.gamma * distance + p.draw.cost


class ImportanceWeighted(AbstractBound):
    r"""The negative importance-weighted bound, IWAE: tighter with every further draw.

    .. math:: -\log \frac1K \sum_k w_k, \quad \log w_k = -c_k - \log \frac{q(z_k|x)}{p(z_k)}

    With one draw it is the evidence lower bound estimated from ``log_ratio``.

    Parameters
    ----------
    draws
        Codes drawn for each example, K >= 1. Static: another number is
        another program.

    References
    ----------
    Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, ICLR 2016, equation 8.

    Examples
    --------
    >>> ImportanceWeighted(draws=50).draws
    50
    """

    draws: int = eqx.field(static=True, default=5)

    def __check_init__(self) -> None:
        check_whole("bound ImportanceWeighted", "draws", self.draws, 1)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the bound of all draws plus the latent's own charge."""
        return grouped_bound(log_weights(p), 1) + p.draw.cost


class MultiplyImportanceWeighted(AbstractBound):
    r"""The mean of several negative importance-weighted bounds, MIWAE.

    .. math:: -\frac1M \sum_{m=1}^M \log \frac{M}{K} \sum_{k=1}^{K/M} w_{m,k}

    One group is IWAE, K groups are the evidence lower bound; between them the encoder's gradient
    has less noise than IWAE's, and the bound is tighter than the ELBO.

    Parameters
    ----------
    groups
        Independent bounds M that are averaged, >= 1.
    draws
        Codes drawn for each example in all, K, a multiple of ``groups``. Static: another number is
        another program.

    References
    ----------
    Rainforth et al., Tighter variational bounds are not necessarily better, ICML 2018, equation 11;
    there K is the number of draws of one group. The defaults are theirs: 8 groups of 8.

    Examples
    --------
    >>> MultiplyImportanceWeighted(groups=4, draws=20).draws
    20
    """

    groups: int = eqx.field(static=True, default=8)
    draws: int = eqx.field(static=True, default=64)

    def __check_init__(self) -> None:
        check_groups("bound MultiplyImportanceWeighted", self.draws, self.groups)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the mean of the groups' bounds plus the latent's own charge."""
        return grouped_bound(log_weights(p), self.groups) + p.draw.cost


class CombinationImportanceWeighted(AbstractBound):
    r"""A mixture of the evidence lower bound and the importance-weighted one, CIWAE.

    .. math:: \beta \, \frac1K \sum_k (-\log w_k) + (1 - \beta) \, (-\log \frac1K \sum_k w_k)

    Parameters
    ----------
    beta
        Share of the evidence lower bound, in [0, 1].
    draws
        Codes drawn for each example, K >= 1. Static: another number is
        another program.

    References
    ----------
    Rainforth et al., Tighter variational bounds are not necessarily better, ICML 2018, equation 12.

    Examples
    --------
    >>> CombinationImportanceWeighted(beta=0.05).beta
    0.05
    """

    beta: Number = 0.5
    draws: int = eqx.field(static=True, default=64)

    def __check_init__(self) -> None:
        check_between("bound CombinationImportanceWeighted", "beta", self.beta, 0, 1)
        check_whole("bound CombinationImportanceWeighted", "draws", self.draws, 1)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the mixture of both bounds plus the latent's own charge."""
        weights = log_weights(p)
        elbo, tighter = grouped_bound(weights, self.draws), grouped_bound(weights, 1)
        return self.beta * elbo + (1 - self.beta) * tighter + p.draw.cost


class PartiallyImportanceWeighted(AbstractBound):
    r"""The decoder learns by IWAE, the encoder by MIWAE: PIWAE.

    The value is the importance-weighted bound of all K draws, and so is its gradient with respect
    to the decoder and the likelihood; codes and log ratios, and with them the encoder, get the
    gradient of `MultiplyImportanceWeighted`. A weight that both networks share gets the sum.

    The decoder is run again for this, as it runs after training: use none with dropout or batch
    normalisation, whose values would be other ones.

    Parameters
    ----------
    groups
        Independent bounds M from which the encoder learns, >= 1.
    draws
        Codes drawn for each example in all, K, a multiple of ``groups``. Static: another number is
        another program.

    References
    ----------
    Rainforth et al., Tighter variational bounds are not necessarily better, ICML 2018, equations 13
    and 14. The parameters of a latent, a prior's say, learn as the encoder does.

    Examples
    --------
    >>> PartiallyImportanceWeighted(groups=4, draws=20).groups
    4
    """

    groups: int = eqx.field(static=True, default=8)
    draws: int = eqx.field(static=True, default=64)

    def __check_init__(self) -> None:
        check_groups("bound PartiallyImportanceWeighted", self.draws, self.groups)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the bound of all draws, each network with its own gradient."""
        fixed_draw = jax.lax.stop_gradient((p.draw.z, p.draw.log_ratio))
        arrays, rest = eqx.partition(p.model, eqx.is_inexact_array)
        fixed_model = eqx.combine(jax.lax.stop_gradient(arrays), rest)
        decoder_bound = grouped_bound(_log_weights_again(p.model, p.x, *fixed_draw), 1)
        weights = _log_weights_again(fixed_model, p.x, p.draw.z, p.draw.log_ratio)
        encoder_bound = grouped_bound(weights, self.groups)
        return decoder_bound + encoder_bound - jax.lax.stop_gradient(encoder_bound) + p.draw.cost


def _log_weights_again(
    model: Any, x: Float[Array, "B D"], z: Float[Array, "K B d"], log_ratio: Float[Array, "K B"]
) -> Float[Array, "K B"]:
    """Return the log weights of a model at given draws."""
    if model.decoder is None:
        return -log_ratio
    flat = model.decode(z.reshape(-1, z.shape[-1]))
    return -model.likelihood(flat.reshape(*z.shape[:2], -1), x) - log_ratio


MEMBERS: dict[str, type[AbstractBound]] = {
    "elbo": ELBO,
    "free_bits": FreeBits,
    "capacity": Capacity,
    "importance_weighted": ImportanceWeighted,
    "multiply_importance_weighted": MultiplyImportanceWeighted,
    "combination_importance_weighted": CombinationImportanceWeighted,
    "partially_importance_weighted": PartiallyImportanceWeighted,
}
"""The bounds by the names that settings and the command line use."""
