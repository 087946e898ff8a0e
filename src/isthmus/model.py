"""The autoencoder as one module: its slots, its forward pass, its objective."""

from dataclasses import replace
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Shaped

from isthmus.bounds import AbstractBound
from isthmus.corruption import AbstractCorruption
from isthmus.errors import SettingError
from isthmus.heads import AbstractHead
from isthmus.latents import AbstractLatent
from isthmus.likelihoods import AbstractLikelihood
from isthmus.networks import AbstractNetwork, Chain, Conditional, PerExample, Tied, given
from isthmus.pairs import Pairs
from isthmus.penalties import AbstractPenalty
from isthmus.records import Context, Pass
from isthmus.scaling import Scaling
from isthmus.specifications import Fixed

VIEW = 0x56696577
"""Folded into the step's key: the second view's noise is independent of the first's."""

LEAST_WEIGHT = 1e-9
"""Heads cost nothing in a batch in which no example has a label."""

Partner = tuple[Shaped[Array, "B D"], Shaped[Array, "B ..."] | None]
"""The examples that a batch is paired with, in the data's own units, and their targets."""


class Model(eqx.Module):
    """An autoencoder: one member in every slot.

    Examples are flat, (B, D), in the data's own units on the way in; the scaling is the first
    thing that happens to them. Arrays are parameters unless wrapped in `Fixed`; plain numbers in
    the slots are hyperparameters.

    Parameters
    ----------
    scaling, corruption, encoder, latent, decoder, likelihood, bound, penalties, heads
        The slots; without a decoder nothing is reconstructed and the cost is zero.
    latent_dim
        Size d of the code.
    """

    scaling: Scaling
    corruption: AbstractCorruption | None
    encoder: AbstractNetwork
    latent: AbstractLatent
    decoder: AbstractNetwork | None
    likelihood: AbstractLikelihood
    bound: AbstractBound
    penalties: tuple[AbstractPenalty, ...]
    heads: tuple[AbstractHead, ...]
    latent_dim: int = eqx.field(static=True)

    def code(self, x: Float[Array, "B D"]) -> Float[Array, "B d"]:
        """Return the codes of scaled examples, as after training."""
        with jax.named_scope("encoder"):
            h, _ = self.encoder(self.seen(x), None)
        with jax.named_scope("latent"):
            return self.latent.code(h)

    def known(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return scaled examples with zeros in place of missing entries, NaN."""
        return jnp.where(jnp.isnan(x), 0.0, x) if self.likelihood.masked else x

    def seen(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return scaled examples as the encoder sees them: none missing, counts as logarithms."""
        return self.likelihood.seen(self.known(x))

    def given(self, labels: Int[Array, " n"] | None) -> Self:
        """Return this model with labels set in its conditional networks; None removes them.

        One label holds for all examples; several are one per example.
        """
        return replace(
            self, encoder=given(self.encoder, labels), decoder=given(self.decoder, labels)
        )

    def attached_latent(self) -> AbstractLatent:
        """Return the latent attached to the encoder: its prior may be made of posteriors."""
        return self.latent.attach(lambda x: self.encoder(x, None)[0])

    def decode(self, z: Float[Array, "B d"]) -> Float[Array, "B D"]:
        """Return the raw outputs for codes, before the likelihood's link."""
        with jax.named_scope("decoder"):
            return self._run_decoder(z, None)[0]

    def reconstruct(self, x: Float[Array, "B D"]) -> Float[Array, "B D"]:
        """Return the mean reconstructions of scaled examples, in scaled units."""
        return self.likelihood.rebuilt(self.decode(self.code(x)), x)

    def forward(
        self,
        x: Shaped[Array, "B D"],
        target: Shaped[Array, "B ..."] | None,
        context: Context,
        partner: Partner | None = None,
    ) -> tuple[Pass, Self]:
        """Return one whole pass, and this model with its statistics moved.

        Conditional networks get the target as their labels. Where a penalty asks for pairs, the
        pass holds that of the second view, which moves no statistics.
        """
        p, moved = self._conditioned_pass(x, target, context)
        pairs = self.pairs
        if pairs is None or (pairs.neighbours and partner is None):
            return p, moved
        x, target = (x, target) if partner is None else partner
        step = context.with_key(jax.random.fold_in(context.key, VIEW))
        of_views = replace(self, corruption=_of_views(pairs, self.corruption), decoder=None)
        view, _ = of_views._conditioned_pass(x, target, step)
        return replace(p, view=view), moved

    @property
    def pairs(self) -> Pairs | None:
        """The pairs that penalties ask for; None where none does."""
        asked = (penalty.paired for penalty in self.penalties)
        return next((pairs for pairs in asked if pairs is not None), None)

    def _conditioned_pass(
        self,
        x: Shaped[Array, "B D"],
        target: Shaped[Array, "B ..."] | None,
        context: Context,
    ) -> tuple[Pass, Self]:
        if target is not None and self.conditional:
            p, moved = self.given(target)._pass(x, target, context)
            return p, moved.given(None)
        return self._pass(x, target, context)

    @property
    def conditional(self) -> bool:
        """Whether the networks are conditioned on labels that are not set yet."""
        nodes = jax.tree.leaves(self.encoder, is_leaf=_is_conditional)
        return any(_is_conditional(node) and node.given is None for node in nodes)

    def _pass(
        self,
        x: Shaped[Array, "B D"],
        target: Shaped[Array, "B ..."] | None,
        context: Context,
    ) -> tuple[Pass, Self]:
        corrupt_key, encoder_key, latent_key, decoder_key = jax.random.split(context.key, 4)
        x = self.scaling(x)
        corrupted = self.known(x)
        if self.corruption is not None:
            corrupted = self.corruption(corrupt_key, corrupted)
            _check_shape("corruption", self.corruption, corrupted, x.shape, "like the examples")
        corrupted = self.likelihood.seen(corrupted)
        h, encoder = self.encoder(corrupted, context.with_key(encoder_key))
        attached = self.attached_latent()
        draw, latent = attached(h, context.with_key(latent_key), self.bound.draws)
        of_draws = (self.bound.draws, len(x))
        wanted = (*of_draws, self.latent_dim)
        _check_shape("latent", self.latent, draw.z, wanted, "a code for each draw and example")
        _check_shape("latent", self.latent, draw.kl, (len(x),), "a divergence for each example")
        latent = self.latent if latent is attached else latent  # attached for this pass alone
        x_hat, decoder, likelihood = None, None, self.likelihood
        cost = jnp.zeros((self.bound.draws, x.shape[0]))
        if self.decoder is not None:
            x_hat, decoder = self._decode_draws(draw.z, context.with_key(decoder_key))
            cost, likelihood = likelihood.charge(x_hat, x, context)
            _check_shape("likelihood", likelihood, cost, of_draws, "nats for each draw and example")
        moved = eqx.tree_at(
            lambda m: (m.encoder, m.latent, m.decoder, m.likelihood),
            self,
            (encoder, latent, decoder, likelihood),
            is_leaf=lambda node: node is None,
        )
        return Pass(x, corrupted, target, h, draw, x_hat, cost, self, context), moved

    def _decode_draws(
        self, z: Float[Array, "K B d"], context: Context
    ) -> tuple[Float[Array, "K B D"], AbstractNetwork]:
        draws, batch, _ = z.shape
        weights = jnp.tile(context.weights, draws)
        step = Context(context.key, weights, context.epoch, context.training)
        x_hat, decoder = self._run_decoder(z.reshape(draws * batch, -1), step)
        return _with_one_gradient(x_hat).reshape(draws, batch, -1), decoder

    def _run_decoder(
        self, z: Float[Array, "B d"], context: Context | None
    ) -> tuple[Float[Array, "B D"], AbstractNetwork]:
        assert self.decoder is not None
        if isinstance(self.decoder, Tied):
            assert isinstance(self.encoder, Chain)
            return self.decoder.run(self.encoder, z, context)
        return self.decoder(z, context)


def _of_views(pairs: Pairs, corruption: AbstractCorruption | None) -> AbstractCorruption | None:
    """Return what is done to a second view before the encoder sees it."""
    augmentation = pairs.augmentation
    assert not isinstance(augmentation, str), "pairs are created before they are used"
    if augmentation is None or corruption is None:
        return augmentation or corruption
    return augmentation + corruption


def objective(
    model: Model,
    x: Array,
    target: Array | None,
    context: Context,
    partner: Partner | None = None,
) -> tuple[Float[Array, ""], tuple[dict[str, Array], Model]]:
    """Return the loss of a batch, its terms, and the model with its statistics moved.

    The loss is the weighted mean over the batch of bound + penalties + heads, nats an example;
    the terms are the same mean of its parts, unweighted by beta where the part is ``kl``. Where
    some examples have no label, heads are averaged over those that teach them, by the context's
    supervision. This is the only place where costs of examples are averaged.
    """
    p, moved = model.forward(x, target, context, partner)
    parts = {"reconstruction": p.cost.mean(0), "kl": p.draw.kl, "latent_cost": p.draw.cost}
    each = x.shape[:1]
    members = [("penalty", penalty, penalty.terms(p)) for penalty in model.penalties]
    members += [("head", head, {type(head).__name__.lower(): head(p)}) for head in model.heads]
    extras = []
    for slot, member, terms in members:
        for name, charge in terms.items():
            _check_shape(slot, member, charge, each, "nats for each example")
            extras.append((name, charge))
    bound = model.bound(p)
    _check_shape("bound", model.bound, bound, each, "nats for each example")
    weights = context.weights / context.weights.sum()
    if context.supervision is None:
        of_heads, taught = 0, weights
    else:
        of_heads = len(model.heads)
        taught = context.supervision / jnp.maximum(context.supervision.sum(), LEAST_WEIGHT)
    own = len(extras) - of_heads
    total = bound + sum(charge for _, charge in extras[:own])
    for name, charge in extras[:own]:
        parts[name] = parts.get(name, 0) + charge
    terms = {name: (weights * part).sum() for name, part in parts.items()}
    loss = (weights * total).sum()
    for name, charge in extras[own:]:
        mean = (taught * charge).sum()
        terms[name] = terms.get(name, 0) + mean
        loss = loss + mean
    return loss, (terms, moved)


def _check_shape(
    slot: str, member: object, value: Array, wanted: tuple[int, ...], what: str
) -> None:
    """Raise `SettingError` if what a member returns has another shape than its slot's.

    It would be broadcast into a wrong loss. Shapes are known while the program is traced, so that
    the check costs nothing in training.
    """
    if jnp.shape(value) != wanted:
        raise SettingError(
            f"{slot} {type(member).__name__} returned the shape {jnp.shape(value)}, and {wanted} "
            f"was expected: {what}."
        )


@jax.custom_vjp
def _with_one_gradient(x_hat: Float[Array, "N D"]) -> Float[Array, "N D"]:
    """Return ``x_hat``, whose gradient is computed once.

    The last layer's weights, its bias and the layers before all use that gradient. XLA would
    compute it again for some of them, which takes a tenth of a step of large batches.
    """
    return x_hat


_with_one_gradient.defvjp(
    lambda x_hat: (x_hat, None), lambda _, gradient: (jax.lax.optimization_barrier(gradient),)
)


def _is_conditional(node: object) -> bool:
    return isinstance(node, Conditional)


def _is_fixed(node: object) -> bool:
    return isinstance(node, Fixed)


def partition(model: Model) -> tuple[Model, Model]:
    """Return (parameters, everything else), two models with None where the other has a leaf.

    Hyperparameters, plain numbers until now, become scalars of the second, so that the compiled
    program takes them as arguments.
    """
    mask = jax.tree.map(eqx.is_inexact_array, model, is_leaf=_is_fixed)
    parameters, rest = eqx.partition(model, mask, is_leaf=_is_fixed)
    return parameters, trace_numbers(rest)


def count_parameters(model: Model) -> tuple[int, int]:
    """Return (all, trainable) parameters: running statistics count in the first alone.

    The scaling's constants belong to the data and are not counted, nor are labels that are set.
    """
    model = model.given(None)
    leaves = jax.tree.leaves(model, is_leaf=_is_fixed)
    trainable = sum(leaf.size for leaf in leaves if eqx.is_inexact_array(leaf))
    parts = (model.encoder, model.latent, model.decoder, model.likelihood)
    held = (leaf for leaf in jax.tree.leaves(parts, is_leaf=_is_fixed) if _is_fixed(leaf))
    return trainable + sum(leaf.value.size for leaf in held), trainable


def trace_numbers(model: Model) -> Model:
    """Turn a model's plain numbers into arrays (), except within the user's own modules."""

    def leave(node: object) -> bool:
        return isinstance(node, PerExample)

    def trace(node: object) -> object:
        is_number = isinstance(node, int | float) and not isinstance(node, bool)
        return np.asarray(node, np.float32) if is_number else node

    return jax.tree.map(trace, model, is_leaf=leave)
