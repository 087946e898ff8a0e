"""Categories, each written as columns of which one is 1."""

from itertools import pairwise
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import xlogy
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.checks import check_whole
from isthmus.errors import DataError, SettingError
from isthmus.likelihoods.abstract import AbstractLikelihood

NEAR = 1e-3
"""Columns of a category add up to one, to within this."""


class Categorical(AbstractLikelihood):
    r"""Categories in one-hot columns, or shares that add up to one: cross-entropy.

    .. math:: -\sum_g \sum_{j \in g} x_j \log \mathrm{softmax}(\hat x_g)_j

    over groups g of columns that stand side by side, each a variable of as many classes.

    Parameters
    ----------
    sizes
        Columns of each group, each >= 2, together D; without any, all columns are one group.

    Raises
    ------
    SettingError
        When the model is built, if the sizes do not add up to D.
    DataError
        When the model is built, if the columns of a group do not add up to one.

    Examples
    --------
    >>> x = jnp.array([[1.0, 0.0, 0.0, 1.0]])
    >>> float(Categorical((2, 2))(jnp.zeros((1, 1, 4)), x)[0, 0])  # 2 log 2
    1.3862...
    """

    sizes: tuple[int, ...] = eqx.field(static=True, default=())

    def __check_init__(self) -> None:
        if not isinstance(self.sizes, tuple | list):
            raise SettingError(
                f"likelihood Categorical: sizes is {self.sizes!r}; it must be the numbers of "
                "columns of the groups, such as (3, 4)."
            )
        for size in self.sizes:
            check_whole("likelihood Categorical", "sizes", size, 2)

    def resolved(self, x: np.ndarray) -> Self:
        """Return itself, if every group adds up to one where it is not missing."""
        for group in self._groups(x.shape[1]):
            totals = x[:, group].astype(np.float64).sum(axis=1)
            wrong = np.abs(totals - 1) > NEAR
            if wrong.any():
                row = int(wrong.argmax())
                raise DataError(
                    f"likelihood Categorical: columns {group.start} to {group.stop - 1} of its "
                    f"part add up to {totals[row]:g} in example {row}, and one-hot columns add up "
                    "to 1: encode them so, or give other sizes."
                )
        return self

    def create(self, features: int) -> Self:
        """Return itself."""
        self._groups(features)
        return self

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the cross-entropy from logits."""
        groups = self._groups(x.shape[-1])
        logs = [jax.nn.log_softmax(x_hat[..., group]) for group in groups]
        return -x * jnp.concatenate(logs, axis=-1)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the probabilities of the classes."""
        groups = self._groups(x_hat.shape[-1])
        return jnp.concatenate([jax.nn.softmax(x_hat[..., group]) for group in groups], axis=-1)

    @property
    def link(self) -> str:
        """The logarithm."""
        return "clipped_log"

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the entropy of the shares: zero where the columns are one-hot."""
        totals = [
            jnp.broadcast_to(x[:, group].sum(-1, keepdims=True), x[:, group].shape)
            for group in self._groups(x.shape[-1])
        ]
        return xlogy(x, jnp.concatenate(totals, axis=-1)) - xlogy(x, x)

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return one-hot columns."""
        groups = self._groups(x_hat.shape[-1])
        drawn = [
            jax.nn.one_hot(jax.random.categorical(one, x_hat[..., group]), group.stop - group.start)
            for one, group in zip(jax.random.split(key, len(groups)), groups, strict=True)
        ]
        return jnp.concatenate(drawn, axis=-1).astype(x_hat.dtype)

    def domain(self) -> tuple[float, float]:
        """Return 0 and 1."""
        return 0.0, 1.0

    def _groups(self, features: int) -> list[slice]:
        """Return the columns of each group."""
        sizes = tuple(self.sizes) or (features,)
        if sum(sizes) != features:
            raise SettingError(
                f"likelihood Categorical: sizes is {sizes}, {sum(sizes)} columns together, and "
                f"there are {features}."
            )
        ends = np.cumsum((0, *sizes)).tolist()
        return [slice(*pair) for pair in pairwise(ends)]
