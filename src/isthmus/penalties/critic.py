"""What every critic does: a penalty with parameters of its own, which play against the rest."""

from abc import abstractmethod
from dataclasses import replace
from typing import Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.errors import SettingError
from isthmus.networks import AbstractNetwork, Chain, Convolutional, Dense
from isthmus.penalties.abstract import AbstractPenalty
from isthmus.records import Pass

T = TypeVar("T")

STREAM = 0x437274
"""Folded into the step's key: what a critic draws is independent of every slot's noise."""


class AbstractCritic(AbstractPenalty):
    r"""A small network that tells two kinds of things apart, and what it charges the others.

    Two players share one loss,

    .. math:: L(\mathrm{sg}[\theta], \phi) + w \, G(\theta, \mathrm{sg}[\phi])

    the critic's own loss L, whose gradient reaches the critic's parameters :math:`\phi` alone, and
    what it charges, whose gradient reaches the encoder's and decoder's :math:`\theta` alone. So one
    gradient of one loss holds each player's own, and an optimiser that treats parameters one by
    one, as Adam does, takes a step of each player at once. A factor on L would be no other learning
    rate under Adam: for one, or for another optimiser, give the estimator
    ``optax.multi_transform``. ``gradient_clip`` clips the norm of both players together.

    In validation a critic charges nothing: what it says moves with it, and one epoch's word does
    not compare with another's. The history has the charge under the class's name, and the critic's
    own loss under that with ``_loss``.
    """

    critic: eqx.AbstractVar[Dense | Convolutional]
    """The architecture; the output, one logit, is added to it."""
    network: eqx.AbstractVar[AbstractNetwork | None]
    """The parameters, made by `create`."""

    @abstractmethod
    def loss(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return the critic's own loss, nats an example; nothing in the pass has a gradient."""

    @abstractmethod
    def charge(self, p: Pass, network: AbstractNetwork) -> Float[Array, " B"]:
        """Return what the others pay, weighted, nats an example; the network has no gradient."""

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the charge and the critic's own loss together."""
        charge, loss = self.terms(p).values()
        return charge + loss

    def terms(self, p: Pass) -> dict[str, Float[Array, " B"]]:
        """Return the charge and the critic's own loss; nothing in validation."""
        name = type(self).__name__.lower()
        if not p.context.training:
            return {name: jnp.zeros(p.x.shape[0]), f"{name}_loss": jnp.zeros(p.x.shape[0])}
        assert self.network is not None, "a critic is created before it is called"
        return {
            name: self.charge(p, still(self.network)),
            f"{name}_loss": self.loss(still(p), self.network),
        }

    def _drawn(
        self,
        inputs: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this critic with its network drawn."""
        network = self.critic.build(inputs, 1, rng=rng, image_shape=image_shape)
        return replace(self, network=network)


def check_critic(
    owner: str, critic: object, kinds: tuple[type[Dense | Convolutional], ...], least: int = 0
) -> None:
    """Raise `SettingError` unless a critic is of those kinds, plain, its widths written out."""
    names = " or ".join(kind.__name__ for kind in kinds)
    if not isinstance(critic, kinds):
        raise SettingError(f"penalty {owner}: critic is {critic!r}; it must be networks.{names}.")
    if critic.batch_norm or critic.dropout:
        raise SettingError(
            f"penalty {owner}: critic is {critic!r}; a critic has no normalisation and no dropout."
        )
    hidden = critic.hidden
    if hidden == "auto" or (isinstance(critic, Dense) and len(hidden) < least):
        raise SettingError(
            f"penalty {owner}: the critic's hidden is {hidden!r}; it must be widths such as "
            "(64, 64)."
        )


def still(tree: T) -> T:
    """Return a tree through whose arrays no gradient flows."""
    return jax.tree.map(
        lambda leaf: jax.lax.stop_gradient(leaf) if eqx.is_inexact_array(leaf) else leaf, tree
    )


def logits(network: AbstractNetwork, x: Float[Array, "*shape n"]) -> Float[Array, "*shape"]:
    """Return the logits that the network gives to rows, as it runs after training."""
    return network(x.reshape(-1, x.shape[-1]), None)[0].reshape(x.shape[:-1])


def squared_gradient_norm(network: AbstractNetwork, x: Float[Array, "B n"]) -> Float[Array, " B"]:
    """Return the squared norm of the logit's gradient by each row."""
    return (jax.grad(lambda rows: logits(network, rows).sum())(x) ** 2).sum(-1)


def features(network: Chain, x: Float[Array, "*shape n"]) -> Float[Array, "*shape m"]:
    """Return the network's last hidden layer at rows, flat, as it runs after training."""
    hidden = Chain(network.affines[:-1], network.finishes[:-1])
    return hidden(x.reshape(-1, x.shape[-1]), None)[0].reshape(*x.shape[:-1], -1)


def stream(p: Pass) -> PRNGKeyArray:
    """Return the critics' own randomness of a step."""
    return jax.random.fold_in(p.context.key, STREAM)


def prior_codes(p: Pass, key: PRNGKeyArray) -> Float[Array, "B d"]:
    """Return a code from the prior for each example: standard normal where the latent has none.

    No gradient flows to a prior's parameters.
    """
    n, d = p.draw.z.shape[1:]
    codes = p.model.attached_latent().sample_prior(key, n, d)
    return still(jax.random.normal(key, (n, d), p.draw.z.dtype) if codes is None else codes)


def classified_as_real(logit: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Return -log D, nats: the cost of being classified as real, from the logit of D."""
    return jax.nn.softplus(-logit)


def classified_as_generated(logit: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Return -log(1 - D), nats: the cost of being classified as generated, from the logit of D."""
    return jax.nn.softplus(logit)
