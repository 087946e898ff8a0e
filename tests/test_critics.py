"""Critics: two players in one loss, each with its own gradient; optima in closed form."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from sklearn.datasets import load_digits

from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.latents import Deterministic, Gaussian
from isthmus.model import objective
from isthmus.networks import AbstractNetwork, Convolutional, Dense
from isthmus.penalties import MMD, PriorCritic, ReconstructionCritic, TotalCorrelationCritic
from isthmus.penalties.code_critics import permuted
from isthmus.recipes import adversarial

SMALL = Dense(hidden=(7,), activation="tanh")
CRITICS = [
    PriorCritic(0.7, 0.5, SMALL),
    TotalCorrelationCritic(0.7, SMALL),
    ReconstructionCritic(0.7, 0.3, 0.5, SMALL),
]
X = load_digits().data.astype(np.float32)


def created(critic, seed=1):
    return critic.create(6, 2, np.random.default_rng(seed))


@pytest.fixture
def make_game(make_model, make_context, normals):
    """Return a function that makes a model with a critic, its examples and a step of training."""

    def make(critic, n=5, **context):
        model = make_model(latent=Gaussian(), penalties=(created(critic),), bound=ELBO(draws=2))
        return model, normals(n, 6), make_context(n, **context)

    return make


@eqx.filter_jit
def together(model, x, context):
    """Return the gradients of the whole loss."""
    slots = eqx.filter_grad(lambda m: objective(m, x, None, context)[0])(model)
    return slots.penalties[0].network, (slots.encoder, slots.decoder)


@eqx.filter_jit
def apart(model, x, context):
    """Return each player's gradient of its own loss alone, all the rest being constants."""
    (critic,) = model.penalties

    def of_the_critic(network):
        return critic.loss(model.forward(x, None, context)[0], network).mean()

    def of_the_others(networks):
        encoder, decoder = networks
        p, _ = replace(model, encoder=encoder, decoder=decoder).forward(x, None, context)
        return (model.bound(p) + critic.charge(p, critic.network)).mean()

    others = (model.encoder, model.decoder)
    return eqx.filter_grad(of_the_critic)(critic.network), eqx.filter_grad(of_the_others)(others)


def assert_same(one, other):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
        assert a.any()


@pytest.mark.parametrize("critic", CRITICS, ids=lambda critic: type(critic).__name__)
def test_each_player_has_the_gradient_of_its_own_loss_alone(make_game, critic):
    game = make_game(critic)
    assert_same(together(*game), apart(*game))


def test_the_encoder_hears_the_similarity_alone(make_game):
    quiet, loud = (
        together(*make_game(ReconstructionCritic(weight, 0.3, 0.5, SMALL)))[1]
        for weight in (0.0, 5.0)
    )
    assert_same(quiet[0], loud[0])  # the encoder's
    assert not np.allclose(quiet[1].affines[0].weight, loud[1].affines[0].weight)


@eqx.filter_jit
def terms_of(model, x, context):
    return objective(model, x, None, context)


@pytest.mark.parametrize("critic", CRITICS, ids=lambda critic: type(critic).__name__)
def test_validation_hears_no_critic(make_game, critic):
    model, x, context = make_game(critic, training=False)
    loss, (terms, _) = terms_of(model, x, context)
    name = type(critic).__name__.lower()
    assert terms[name] == terms[f"{name}_loss"] == 0
    np.testing.assert_allclose(loss, terms["reconstruction"] + terms["kl"], rtol=1e-6)


def at_codes(make_model, make_context, z):
    """Return a pass of plain codes (n, d)."""
    model = make_model(latent_dim=z.shape[1], latent=Deterministic())
    p, _ = model.forward(jnp.zeros((1, 6)), None, make_context(1))
    context = make_context(len(z))
    return eqx.tree_at(lambda p: (p.draw.z, p.context), p, (z[None], context))


def test_the_best_critic_of_the_prior_knows_the_density_ratio(make_model, make_context, normals):
    """Codes are N(1, 1), the prior N(0, 1): log p / q = 1/2 - z, a linear critic."""
    p = at_codes(make_model, make_context, 1 + normals(200_000, 1))
    critic = PriorCritic(1.0, 0.0, Dense(hidden=())).create(6, 1, np.random.default_rng(0))

    @eqx.filter_jit
    @eqx.filter_value_and_grad
    def loss(weight_and_bias):
        affines = lambda n: (n.affines[0].weight, n.affines[0].bias)  # noqa: E731
        return critic.loss(p, eqx.tree_at(affines, critic.network, weight_and_bias)).mean()

    best, slope = loss((jnp.full((1, 1), -1.0), jnp.full(1, 0.5)))
    assert max(abs(float(s.squeeze())) for s in slope) < 5e-3  # the error of so many draws
    for weight, bias in ((-0.8, 0.5), (-1.2, 0.5), (-1.0, 0.3), (-1.0, 0.7)):
        assert loss((jnp.full((1, 1), weight), jnp.full(1, bias)))[0] > best
    grid = np.linspace(-8, 9, 4001)
    density = np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), np.exp(-((grid - 1) ** 2) / 2)
    prior, codes = density[0], density[1] / np.sqrt(2 * np.pi)
    middle = (prior + codes) / 2
    divergence = np.trapezoid(
        prior * np.log(prior / middle) + codes * np.log(codes / middle), grid
    )  # twice Jensen and Shannon's
    np.testing.assert_allclose(best, 2 * np.log(2) - divergence, atol=5e-3)


class Quadratic(AbstractNetwork):
    """a - b (z1^2 + z2^2) + c z1 z2."""

    coefficients: jax.Array

    def __call__(self, x, context):
        a, b, c = self.coefficients
        return (a - b * (x**2).sum(-1) + c * x[:, 0] * x[:, 1])[:, None], self


def test_the_best_critic_of_independence_reads_the_total_correlation(
    make_model, make_context, normals
):
    """Codes are normal with correlation r: TC = -log(1 - r^2) / 2, its density ratio quadratic."""
    r = 0.8
    noise = normals(200_000, 2)
    z = jnp.stack([noise[:, 0], r * noise[:, 0] + (1 - r**2) ** 0.5 * noise[:, 1]], 1)
    p = at_codes(make_model, make_context, z)
    correlation = -np.log(1 - r**2) / 2
    best = jnp.array([correlation, r**2 / (2 * (1 - r**2)), r / (1 - r**2)])
    critic = TotalCorrelationCritic(1.0)
    charge = eqx.filter_jit(critic.charge)(p, Quadratic(best)).mean()
    np.testing.assert_allclose(charge, correlation, atol=5e-3)
    loss = eqx.filter_jit(eqx.filter_value_and_grad(lambda c: critic.loss(p, Quadratic(c)).mean()))
    least, slope = loss(best)
    np.testing.assert_allclose(slope, 0, atol=1e-2)
    for i in range(3):
        for change in (0.8, 1.2):
            assert loss(best.at[i].multiply(change))[0] > least


def test_permuted_codes_have_the_marginals_and_no_dependence():
    z = jnp.asarray(np.arange(3000.0).reshape(1, 1000, 3))  # dimensions that tell all of each other
    mixed = permuted(jax.random.key(0), z, jnp.ones(1000))
    np.testing.assert_array_equal(jnp.sort(mixed, axis=1), z)
    correlation = np.corrcoef(mixed[0].T)[np.triu_indices(3, 1)]
    assert np.abs(correlation).max() < 0.1


def test_examples_of_weight_zero_are_not_permuted_into_others():
    z = jnp.arange(12.0).reshape(1, 6, 2)
    weights = jnp.asarray([1.0, 0, 1, 1, 0, 1])
    counted = np.flatnonzero(weights)
    mixed = permuted(jax.random.key(3), z, weights)
    np.testing.assert_array_equal(jnp.sort(mixed[0, counted], axis=0), z[0, counted])


def test_an_adversary_moves_the_codes_to_the_prior():
    def discrepancy(weight):
        settings = {"hidden": (32,), "epochs": 60, "learning_rate": 3e-3, "random_state": 0}
        z = adversarial(3, weight=weight, **settings).fit(X[:300]).transform(X[:300])
        prior = np.random.default_rng(0).standard_normal(z.shape)
        codes, prior = (jnp.asarray(a, jnp.float32) for a in (z, prior))
        return float(MMD()._estimate(codes, jnp.ones(len(z)), prior))

    alone, against = discrepancy(0.0), discrepancy(1.0)
    assert against < 0.3 * alone


def test_each_player_may_have_an_optimiser_of_its_own():
    def players(parameters):
        labels = jax.tree.map(lambda _: "rest", parameters)
        critic = jax.tree.map(lambda _: "critic", parameters.penalties)
        return eqx.tree_at(lambda m: m.penalties, labels, critic)

    optimizer = optax.multi_transform({"rest": optax.adam(1e-3), "critic": optax.sgd(0.0)}, players)
    settings = {"hidden": (8,), "optimizer": optimizer, "random_state": 0, "start": "random"}
    start, end = (adversarial(2, epochs=n, **settings).fit(X[:64]).model_ for n in (0, 1))
    assert eqx.tree_equal(start.penalties, end.penalties)
    assert not eqx.tree_equal(start.encoder, end.encoder)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: PriorCritic(-1.0), "weight is -1.0"),
        (lambda: PriorCritic(critic=Dense()), "widths such as"),
        (lambda: PriorCritic(critic=Convolutional()), "must be networks.Dense"),
        (lambda: TotalCorrelationCritic(critic=Dense((8,), dropout=0.5)), "no dropout"),
        (lambda: ReconstructionCritic(critic=Dense(())), "widths such as"),
        (lambda: ReconstructionCritic(similarity=-1), "similarity is -1"),
    ],
)
def test_settings_that_cannot_be(make, sentence):
    with pytest.raises(SettingError, match=sentence):
        make()


def test_a_critic_of_reconstructions_needs_a_decoder(make_game):
    model, x, context = make_game(ReconstructionCritic(critic=SMALL))
    with pytest.raises(SettingError, match="needs a decoder"):
        objective(replace(model, decoder=None), x, None, context)
