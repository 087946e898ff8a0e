"""Codes that are distributed as the prior: the maximum mean discrepancy."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from isthmus.checks import check_between, check_scale
from isthmus.errors import SettingError, unknown
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number

STREAM = 0x4D4D44
"""Folded into the step's key: the prior's sample is independent of every slot's noise."""


def rbf(squares: Float[Array, "*shape"], scale: Float[Array, ""]) -> Float[Array, "*shape"]:
    """Return exp(-r^2 / C) of squared distances r^2, for a scale C."""
    return jnp.exp(-squares / scale)


def inverse_multiquadric(
    squares: Float[Array, "*shape"], scale: Float[Array, ""]
) -> Float[Array, "*shape"]:
    """Return C / (C + r^2) of squared distances r^2, for a scale C."""
    return scale / (scale + squares)


KERNELS: dict[str, Callable[[Array, Array], Array]] = {
    "rbf": rbf,
    "inverse_multiquadric": inverse_multiquadric,
}
"""The kernels by name."""


class MMD(AbstractPenalty):
    r"""Codes of the batch that look drawn from the standard normal prior, as a kernel sees them.

    .. math:: w \Big( \frac{1}{n(n-1)} \sum_{i \ne j} k(z_i, z_j)
        + \frac{1}{m(m-1)} \sum_{i \ne j} k(y_i, y_j) - \frac{2}{nm} \sum_{i,j} k(z_i, y_j) \Big)

    with codes z of the n examples whose weight is not zero and m = B draws y from the prior: the
    unbiased estimate of the squared discrepancy, which may be slightly negative; the mean over
    draws of the code. The kernel's scale is :math:`C = 2 d s`, 2d being the mean squared distance
    of two draws from the prior. A batch of one example has no estimate and costs nothing.

    Parameters
    ----------
    weight
        w >= 0, nats a unit of squared discrepancy (which is at most 2 for these kernels).
    kernel
        ``"inverse_multiquadric"``, C / (C + r^2), whose far tails still pull, or ``"rbf"``,
        exp(-r^2 / C).
    scale
        s > 0.

    References
    ----------
    Gretton et al., A kernel two-sample test, JMLR 2012, equation 3; Tolstikhin et al.,
    Wasserstein auto-encoders, ICLR 2018, algorithm 2 and section 4 (the kernel and its scale).
    Weights of examples are this library's.

    Examples
    --------
    >>> MMD(10.0, kernel="rbf").kernel
    'rbf'
    """

    weight: Number = 5.0
    kernel: str = eqx.field(static=True, default="inverse_multiquadric")
    scale: Number = 1.0

    def __check_init__(self) -> None:
        check_between("penalty MMD", "weight", self.weight, 0, np.inf)
        check_scale("penalty MMD", "scale", self.scale)
        if self.kernel not in KERNELS:
            raise SettingError(unknown("kernel", self.kernel, KERNELS))

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted estimate, the same for every example."""
        codes, weights = p.draw.z, p.context.weights
        key = jax.random.fold_in(p.context.key, STREAM)
        prior = jax.random.normal(key, codes.shape[1:], codes.dtype)
        estimate = jax.vmap(lambda z: self._estimate(z, weights, prior))(codes).mean()
        return jnp.full(p.x.shape[0], self.weight * estimate)

    def _estimate(
        self, z: Float[Array, "B d"], weights: Float[Array, " B"], prior: Float[Array, "B d"]
    ) -> Float[Array, ""]:
        """Return the squared discrepancy between weighted codes and as many draws."""
        apart = 1 - jnp.eye(z.shape[0])
        pairs = apart * weights[:, None] * weights
        crossed = weights[:, None] * jnp.ones(z.shape[0])
        terms = (
            _mean(self._kernel(z, z), pairs)
            + _mean(self._kernel(prior, prior), apart)
            - 2 * _mean(self._kernel(z, prior), crossed)
        )
        return jnp.where(pairs.sum() > 0, terms, 0.0)

    def _kernel(self, a: Float[Array, "n d"], b: Float[Array, "m d"]) -> Float[Array, "n m"]:
        scale = 2 * a.shape[1] * jnp.asarray(self.scale)
        return KERNELS[self.kernel](((a[:, None] - b) ** 2).sum(-1), scale)


def _mean(values: Float[Array, "n m"], weights: Float[Array, "n m"]) -> Float[Array, ""]:
    """Return the weighted mean, or zero where there is no weight."""
    return (weights * values).sum() / jnp.maximum(weights.sum(), 1e-30)
