"""Tables whose columns are of several kinds: a likelihood for each group of columns."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.activations import Link
from isthmus.errors import SettingError
from isthmus.likelihoods.abstract import AbstractLikelihood, Limit
from isthmus.likelihoods.recognition import recognise
from isthmus.records import Context


class Columns(AbstractLikelihood):
    r"""A likelihood of its own for each group of columns.

    .. math:: -\log p(x | \hat x) = \sum_g -\log p_g(x_g | \hat x_g)

    Every column has one raw output. Without any likelihoods given, they are chosen by a look at
    the data: see `isthmus.likelihoods.recognition`. Under ``scaling="auto"``, columns whose values
    a likelihood bounds (bits, categories, counts) are left as they are, and the others are
    standardised.

    Parameters
    ----------
    likelihoods
        One for each group.
    columns
        The columns of each group, counted from 0; every column is in exactly one.

    Raises
    ------
    SettingError
        If there are not as many groups as likelihoods, or, when the model is built, if a column is
        in no group or in several.

    References
    ----------
    Nazabal, Olmos, Ghahramani and Valera, Handling incomplete heterogeneous data using VAEs,
    Pattern Recognition 2020, section 2.2. There the decoder gives a normal column's variance too.

    Examples
    --------
    >>> from isthmus.likelihoods import Bernoulli, Gaussian
    >>> likelihood = Columns((Gaussian(), Bernoulli()), ((0, 2), (1,)))
    >>> likelihood.mean(jnp.array([3.0, 0.0, 4.0])).tolist()
    [3.0, 0.5, 4.0]
    """

    likelihoods: tuple[AbstractLikelihood, ...] = ()
    columns: tuple[tuple[int, ...], ...] = eqx.field(static=True, default=())

    def __check_init__(self) -> None:
        if len(self.likelihoods) != len(self.columns):
            raise SettingError(
                f"likelihood Columns has {len(self.likelihoods)} likelihoods and "
                f"{len(self.columns)} groups of columns: give one for each."
            )
        for one in self.likelihoods:
            if not isinstance(one, AbstractLikelihood) or one.masked or isinstance(one, Columns):
                raise SettingError(
                    f"likelihood Columns: {one!r} is no likelihood of a group of columns; take a "
                    "member of isthmus.likelihoods, and put Masked around Columns."
                )

    @property
    def unscaled_columns(self) -> np.ndarray | None:
        """Columns whose likelihoods bound their values: bits, categories, counts."""
        return np.isfinite(self.domain()[0])

    def resolved(self, x: np.ndarray) -> "Columns":
        """Return this likelihood with its groups found where none are given."""
        if not self.likelihoods:
            return Columns(*recognise(x)).resolved(x)
        self._check(x.shape[1])
        pairs = zip(self.likelihoods, self.columns, strict=True)
        return self._with(one.resolved(x[:, list(group)]) for one, group in pairs)

    def create(self, features: int) -> "Columns":
        """Return this likelihood with the parameters of its members."""
        self._check(features)
        pairs = zip(self.likelihoods, self.columns, strict=True)
        return self._with(one.create(len(group)) for one, group in pairs)

    def costs(self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"]) -> Float[Array, "K B D"]:
        """Return the cost of every column by its own likelihood."""
        return self._joined(one.costs(x_hat[..., g], x[:, g]) for one, g in self._pairs())

    def charge(
        self, x_hat: Float[Array, "K B D"], x: Float[Array, "B D"], context: Context
    ) -> tuple[Float[Array, "K B"], "Columns"]:
        """Return the sum of what the members charge, and this likelihood with theirs moved."""
        charged = [one.charge(x_hat[..., g], x[:, g], context) for one, g in self._pairs()]
        costs = [cost for cost, _ in charged]
        return sum(costs[1:], costs[0]), self._with(moved for _, moved in charged)

    def mean(self, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Return the mean of every column by its own likelihood."""
        return self._joined(one.mean(x_hat[..., g]) for one, g in self._pairs())

    def seen(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return what the encoder sees of every column, by its own likelihood."""
        return self._joined(one.seen(x[:, g]) for one, g in self._pairs())

    def rebuilt(self, x_hat: Float[Array, "B D"], x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the mean of every column for the examples ``x``, by its own likelihood."""
        return self._joined(one.rebuilt(x_hat[:, g], x[:, g]) for one, g in self._pairs())

    @property
    def starts_at_zero(self) -> bool:
        """Whether the raw outputs of a member do, and so all."""
        return any(one.starts_at_zero for one in self.likelihoods)

    @property
    def link(self) -> Link | None:
        """That of all members, each with its columns where they differ; None if one has none."""
        links = [one.link for one in self.likelihoods]
        if len(set(links)) == 1:
            return links[0]
        named = [link for link in links if isinstance(link, str)]
        if len(named) < len(links):
            return None
        groups = (tuple(int(column) for column in group) for group in self.columns)
        return tuple(zip(named, groups, strict=True))

    def floors(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the least cost of every column by its own likelihood."""
        return self._joined(one.floors(x[:, g]) for one, g in self._pairs())

    def sample(self, key: PRNGKeyArray, x_hat: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Draw every column from its own likelihood."""
        keys = jax.random.split(key, len(self.likelihoods))
        pairs = zip(keys, self._pairs(), strict=True)
        return self._joined(one.sample(k, x_hat[..., g]) for k, (one, g) in pairs)

    def domain(self) -> tuple[Limit, Limit]:
        """Return the limits of every column, (D,) each."""
        each = [
            [np.broadcast_to(limit, len(g)) for limit in one.domain()] for one, g in self._pairs()
        ]
        order = self._order()
        low, high = (np.concatenate(limits)[order] for limits in zip(*each, strict=True))
        return low, high

    def _pairs(self) -> list[tuple[AbstractLikelihood, np.ndarray]]:
        groups = (np.array(group) for group in self.columns)
        return list(zip(self.likelihoods, groups, strict=True))

    def _order(self) -> np.ndarray:
        """Return where each column stands when the groups are put one after the other."""
        return np.argsort(np.concatenate([np.array(group) for group in self.columns]))

    def _joined(self, parts: Iterable[Array]) -> Array:
        return jnp.concatenate(list(parts), axis=-1)[..., self._order()]

    def _with(self, likelihoods: Iterable[AbstractLikelihood]) -> Self:
        return replace(self, likelihoods=tuple(likelihoods))

    def _check(self, features: int) -> None:
        """Raise `SettingError` unless every column is in exactly one group."""
        named = sorted(column for group in self.columns for column in group)
        if named != list(range(features)):
            raise SettingError(
                f"likelihood Columns: its groups name the columns {named}, and every one of 0 to "
                f"{features - 1} must be in exactly one group."
            )
