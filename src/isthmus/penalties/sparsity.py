"""Sparse codes: small ones, and ones that are mostly off."""

from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import xlogy
from jaxtyping import Array, Float

from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass
from isthmus.specifications import Number

LEAST = 1e-6
"""Mean activations are kept this far from 0 and 1, where the divergence is infinite."""


class L1(AbstractPenalty):
    r"""Sparse codes: :math:`w \lVert z \rVert_1`, the mean over draws.

    Parameters
    ----------
    weight
        w >= 0, nats a unit of code.

    Examples
    --------
    >>> L1(0.1).weight
    0.1
    """

    weight: Number = 1e-3

    def __check_init__(self) -> None:
        check_between("penalty L1", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted absolute sum of the code."""
        return self.weight * jnp.abs(p.draw.z).sum(-1).mean(0)


class L2(AbstractPenalty):
    r"""Small codes: :math:`w \lVert z \rVert_2^2`, the mean over draws.

    Parameters
    ----------
    weight
        w >= 0, nats a squared unit of code.

    Examples
    --------
    >>> L2(0.1).weight
    0.1
    """

    ignores_zeros: ClassVar[bool] = True
    weight: Number = 1e-3

    def __check_init__(self) -> None:
        check_between("penalty L2", "weight", self.weight, 0, np.inf)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted squared length of the code."""
        return self.weight * (p.draw.z**2).sum(-1).mean(0)


class KLSparsity(AbstractPenalty):
    r"""Logistic codes that are mostly off: a divergence from a target activation.

    .. math:: w \sum_j \rho \log \frac{\rho}{\hat\rho_j}
        + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j}

    with :math:`\hat\rho_j` the mean of code unit j over the batch (and the draws), examples of
    weight zero left out; zero where every unit is on for a share :math:`\rho` of the time. The
    code must be ``Deterministic("sigmoid")``.

    Parameters
    ----------
    weight
        w >= 0, nats a nat of divergence.
    target
        :math:`\rho`, in (0, 1).

    Raises
    ------
    SettingError
        When it is called, if the code is not logistic.

    References
    ----------
    Ng, Sparse autoencoder, CS294A lecture notes, 2011, section 3; there the mean is over the whole
    training set, here over the batch.

    Examples
    --------
    >>> KLSparsity(target=0.1).target
    0.1
    """

    weight: Number = 3.0
    target: Number = 0.05

    def __check_init__(self) -> None:
        check_between("penalty KLSparsity", "weight", self.weight, 0, np.inf)
        check_between("penalty KLSparsity", "target", self.target, LEAST, 1 - LEAST)

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the weighted divergence, the same for every example."""
        if getattr(p.model.latent, "activation", None) not in ("sigmoid", "logistic"):
            raise SettingError(
                f"penalty KLSparsity needs codes within (0, 1), and the latent is "
                f"{p.model.latent!r}: use latent=Deterministic('sigmoid')."
            )
        weights = p.context.weights / p.context.weights.sum()
        active = jnp.clip(weights @ p.draw.z.mean(0), LEAST, 1 - LEAST)  # (d,)
        target = jnp.asarray(self.target)
        entropy = xlogy(target, target) + xlogy(1 - target, 1 - target)
        cross = target * jnp.log(active) + (1 - target) * jnp.log1p(-active)
        return jnp.full(p.x.shape[0], self.weight * (entropy - cross).sum())
