"""Codes whose dimensions do not repeat each other: covariance and total correlation."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number


class Decorrelation(AbstractPenalty):
    r"""Uncorrelated code dimensions: :math:`\frac{w}{2} \sum_{i \ne j} C_{ij}^2`.

    C is the covariance of the code over the batch, divided by the number of examples, those of
    weight zero left out; the mean over draws.

    Parameters
    ----------
    weight
        w >= 0.

    References
    ----------
    Cogswell et al., Reducing overfitting in deep networks by decorrelating representations, ICLR
    2016, equations 1 and 2; there for a hidden layer, here for the code.

    Examples
    --------
    >>> Decorrelation(0.1).weight
    0.1
    """

    weight: Number = 1.0

    def __check_init__(self) -> None:
        check_between("penalty Decorrelation", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return half the weighted squares off the diagonal, the same for every example."""
        weights = p.context.weights / p.context.weights.sum()
        centred = p.draw.z - jnp.einsum("b,kbd->kd", weights, p.draw.z)[:, None]
        covariance = jnp.einsum("b,kbi,kbj->kij", weights, centred, centred)
        off = covariance * (1 - jnp.eye(covariance.shape[-1]))
        return jnp.full(p.x.shape[0], self.weight / 2 * (off**2).sum((1, 2)).mean())


class Decomposition(NamedTuple):
    """The divergence of a diagonal normal posterior from the prior, in three parts.

    Parameters
    ----------
    mutual_information, total_correlation, dimension_wise : (B,)
        Estimates, nats; their sum is the mean of the latent's log ratio over the draws.
    """

    mutual_information: Float[Array, " B"]
    total_correlation: Float[Array, " B"]
    dimension_wise: Float[Array, " B"]


def decompose(p: Pass) -> Decomposition:
    r"""Return the parts of the divergence, from the posteriors of the batch.

    The aggregate posterior is estimated by the batch's own, :math:`q(z) = \sum_j w_j q(z | x_j)`
    with the weights of the examples, which add up to one, and

    .. math:: \log \frac{q(z|x)}{p(z)} = \log \frac{q(z|x)}{q(z)}
        + \log \frac{q(z)}{\prod_i q(z_i)} + \log \frac{\prod_i q(z_i)}{p(z)}.

    Raises
    ------
    SettingError
        If the latent has no diagonal normal posterior.

    References
    ----------
    Chen et al., Isolating sources of disentanglement in variational autoencoders, NeurIPS 2018,
    equation 2 (the parts) and equation 4 (minibatch-weighted sampling). There the weights also
    hold the size N of the data set: that adds log N to the first part, (d - 1) log N to the second
    and -d log N to the third, and moves no gradient.
    """
    statistics = p.draw.statistics
    if not {"mean", "log_variance"} <= statistics.keys():
        raise SettingError(
            "penalty TotalCorrelation needs the mean and log variance of a normal posterior, and "
            f"latent {type(p.model.latent).__name__} has none: use latent='gaussian'."
        )
    weights = p.context.weights / p.context.weights.sum()
    parts = jax.vmap(_decompose_draw, in_axes=(0, 0, None, None, None))(
        p.draw.z, p.draw.log_ratio, statistics["mean"], statistics["log_variance"], weights
    )
    return Decomposition(*(part.mean(0) for part in parts))


def _decompose_draw(
    z: Float[Array, "B d"],
    log_ratio: Float[Array, " B"],
    mean: Float[Array, "B d"],
    log_variance: Float[Array, "B d"],
    weights: Float[Array, " B"],
) -> Decomposition:
    def log_density(code: Array) -> Array:
        deviations = (code - mean) ** 2 * jnp.exp(-log_variance)
        return -(deviations + log_variance + jnp.log(2 * jnp.pi)) / 2

    each = jax.vmap(log_density)(z)  # (B codes, B posteriors, d)
    conditional = log_density(z).sum(-1)
    joint = jax.nn.logsumexp(each.sum(-1), axis=1, b=weights)
    marginals = jax.nn.logsumexp(each, axis=1, b=weights[:, None]).sum(-1)
    prior = conditional - log_ratio
    return Decomposition(conditional - joint, joint - marginals, marginals - prior)


class TotalCorrelation(AbstractPenalty):
    r"""Independent code dimensions: :math:`w \log \frac{q(z)}{\prod_i q(z_i)}`, in nats.

    q is the aggregate posterior of the batch, see `decompose`; examples of weight zero are left out
    of it. With `isthmus.bounds.ELBO` of beta 1, a weight of beta - 1 makes the beta-TCVAE. The
    latent must have a diagonal normal posterior. A batch of B examples shows at most (d - 1) log B
    nats of it on average.

    Parameters
    ----------
    weight
        w >= 0, nats a nat.

    Raises
    ------
    SettingError
        When it is called, if the latent has no diagonal normal posterior.

    References
    ----------
    Chen et al., Isolating sources of disentanglement in variational autoencoders, NeurIPS 2018,
    equations 3 (with alpha = gamma = 1) and 4; the rest of the divergence stays in closed form.

    Examples
    --------
    >>> TotalCorrelation(5.0).weight
    5.0
    """

    weight: Number = 5.0

    def __check_init__(self) -> None:
        check_between("penalty TotalCorrelation", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted total correlation at each example's codes, the mean over draws."""
        return self.weight * decompose(p).total_correlation
