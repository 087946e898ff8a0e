"""Likelihoods: normalised densities, sampled means, floors, and the figures of scipy."""

import gzip
import os
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special, stats

from isthmus.errors import SettingError
from isthmus.likelihoods import (
    MEMBERS,
    AbstractLikelihood,
    Bernoulli,
    ContinuousBernoulli,
    Gaussian,
    Huber,
    Laplace,
    LearnedGaussian,
    NegativeBinomial,
    OptimalGaussian,
    Poisson,
)

X_HAT = np.array([-1.3, 0.0, 0.4, 2.0], np.float32)
CONTINUOUS = [
    Gaussian(), Gaussian(0.3), Gaussian(2.0, "sigmoid"), LearnedGaussian(0.3), OptimalGaussian(0.3),
    Laplace(), Laplace(0.2), Huber(), Huber(0.5, 2.0), Huber(4.0, 0.3),
]  # fmt: skip
COUNTS = [Poisson(), NegativeBinomial(), NegativeBinomial(0.4), NegativeBinomial(30.0)]
EVERY = [*CONTINUOUS, Bernoulli(), ContinuousBernoulli(), *COUNTS]
LINKED = [one for one in EVERY if one not in (ContinuousBernoulli(), *COUNTS)]


def costs(likelihood, x_hat, x):
    """Return the cost of each output for each one-feature example, (outputs, examples)."""
    outputs = jnp.broadcast_to(jnp.asarray(x_hat)[:, None, None], (len(x_hat), len(x), 1))
    return np.asarray(likelihood(outputs, jnp.asarray(x, jnp.float32)[:, None]), np.float64)


def member_name(value):
    """Name a test by its member, and by nothing that lies elsewhere in every process."""
    return repr(value) if isinstance(value, AbstractLikelihood) else ""


@pytest.mark.parametrize("likelihood", CONTINUOUS, ids=repr)
def test_the_density_integrates_to_one(likelihood):
    grid = np.linspace(-30, 30, 60_001)
    np.testing.assert_allclose(
        np.trapezoid(np.exp(-costs(likelihood, X_HAT, grid)), grid), 1, rtol=1e-3
    )


def test_the_bernoulli_masses_add_up_to_one():
    np.testing.assert_allclose(np.exp(-costs(Bernoulli(), X_HAT, [0, 1])).sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("likelihood", COUNTS, ids=repr)
def test_the_masses_of_counts_add_up_to_one(likelihood):
    masses = np.exp(-costs(likelihood, X_HAT, np.arange(1000)))
    np.testing.assert_allclose(masses.sum(axis=1), 1, rtol=1e-4)


LOGITS = np.array([-300, -20, -1, -0.501, -0.499, -1e-3, 0, 1e-6, 0.3, 0.51, 4, 90], np.float32)


def test_the_continuous_bernoulli_density_integrates_to_one():
    grid = np.concatenate([np.geomspace(1e-7, 0.5, 4000), 1 - np.geomspace(0.5, 1e-7, 4000)])
    density = np.exp(-costs(ContinuousBernoulli(), LOGITS, np.r_[0, grid, 1]))
    np.testing.assert_allclose(np.trapezoid(density, np.r_[0, grid, 1]), 1, rtol=1e-3)


def test_the_continuous_bernoulli_mean_is_that_of_its_density():
    exact = [stats.truncexpon.mean(abs(a), scale=1 / abs(a)) if a else 0.5 for a in LOGITS * 1.0]
    exact = np.where(LOGITS > 0, 1 - np.array(exact), exact)
    small = np.abs(LOGITS) < 1e-2  # where scipy loses its digits
    exact[small] = 0.5 + LOGITS[small] / 12
    np.testing.assert_allclose(ContinuousBernoulli().mean(jnp.asarray(LOGITS)), exact, rtol=2e-6)


def test_the_continuous_bernoulli_is_smooth_where_its_series_begins():
    density = jax.vmap(
        jax.value_and_grad(lambda a: ContinuousBernoulli()(a[None, None, None], ONE)[0, 0])
    )
    values, slopes = density(jnp.asarray([-0.500001, -0.499999, -1e-7, 1e-7, 0.499999, 0.500001]))
    np.testing.assert_allclose(values[::2], values[1::2], atol=1e-5)
    np.testing.assert_allclose(slopes[::2], slopes[1::2], atol=1e-5)


ONE = jnp.ones((1, 1))


@pytest.mark.parametrize(
    ("likelihood", "expected"),
    [
        (Gaussian(0.3), lambda x: stats.norm.logpdf(x, X_HAT[:, None], 0.3)),
        (
            Gaussian(2.0, "sigmoid"),
            lambda x: stats.norm.logpdf(x, 1 / (1 + np.exp(-X_HAT[:, None])), 2.0),
        ),
        (Laplace(0.2), lambda x: stats.laplace.logpdf(x, X_HAT[:, None], 0.2)),
        (
            Bernoulli(),
            lambda x: stats.bernoulli.logpmf(
                (x > 0).astype(int), 1 / (1 + np.exp(-X_HAT[:, None]))
            ),
        ),
        (LearnedGaussian(0.3), lambda x: stats.norm.logpdf(x, X_HAT[:, None], 0.3)),
    ],
    ids=member_name,
)
def test_the_cost_is_minus_the_log_density_of_scipy(likelihood, expected):
    x = np.array([-2.0, 0.1, 1.7])
    given = (x > 0).astype(float) if isinstance(likelihood, Bernoulli) else x
    np.testing.assert_allclose(costs(likelihood, X_HAT, given), -expected(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("likelihood", COUNTS, ids=repr)
def test_large_outputs_go_on_along_the_tangent(likelihood):
    raw = jnp.asarray([9.999, 10.0, 10.001, 11.0, 1e6])
    rates, slopes = jax.vmap(jax.value_and_grad(likelihood.mean))(raw)
    np.testing.assert_allclose(rates[:3], np.exp(raw[:3]), rtol=1e-5)
    np.testing.assert_allclose(slopes[1:], np.exp(10.0), rtol=1e-5)
    cost = costs(likelihood, raw, [3.0])
    assert np.isfinite(cost).all()
    assert (np.diff(cost[:, 0]) > 0).all()


@pytest.mark.parametrize("r", [0.4, 1.0, 30.0])
def test_the_cost_of_counts_is_minus_the_log_mass_of_scipy(r):
    counts, mean = np.array([0, 1, 3, 40]), np.exp(X_HAT[:, None].astype(float))
    np.testing.assert_allclose(
        costs(Poisson(), X_HAT, counts), -stats.poisson.logpmf(counts, mean), rtol=1e-5
    )
    np.testing.assert_allclose(
        costs(NegativeBinomial(r), X_HAT, counts),
        -stats.nbinom.logpmf(counts, r, r / (r + mean)),
        rtol=1e-4,
    )


def test_many_dispersions_make_a_poisson():
    counts = np.arange(10)
    np.testing.assert_allclose(
        costs(NegativeBinomial(1e4), X_HAT, counts), costs(Poisson(), X_HAT, counts), atol=2e-2
    )


def test_huber_is_the_function_of_scipy_between_normal_and_laplace():
    x = np.linspace(-4, 4, 9)
    found = costs(Huber(1.5, 0.7), [0.0], x)[0]
    np.testing.assert_allclose(found - found[4], special.huber(1.5, x / 0.7), atol=1e-5)
    np.testing.assert_allclose(
        costs(Huber(50.0, 0.7), [0.0], x), costs(Gaussian(0.7), [0.0], x), rtol=1e-5
    )
    np.testing.assert_allclose(
        costs(Huber(1e-3, 1e-3), [0.0], x), costs(Laplace(1.0), [0.0], x), atol=1e-2
    )


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_costs_are_summed_over_features_for_every_draw(likelihood, normals):
    x_hat = normals(3, 4, 5)
    x = jax.nn.sigmoid(normals(4, 5))
    whole = likelihood(x_hat, x)
    assert whole.shape == (3, 4)
    parts = sum(likelihood(x_hat[..., j : j + 1], x[:, j : j + 1]) for j in range(5))
    np.testing.assert_allclose(whole, parts, rtol=1e-5)


@eqx.filter_jit
def sampled(likelihood, key, x_hat):
    return likelihood.sample(key, x_hat)


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_samples_have_the_claimed_mean(likelihood):
    x_hat = jnp.broadcast_to(jnp.asarray(X_HAT), (40_000, 4))
    drawn = np.asarray(sampled(likelihood, jax.random.key(3), x_hat))
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - likelihood.mean(jnp.asarray(X_HAT))) < 5 * error).all()


def test_samples_have_the_claimed_spread():
    zeros, key = jnp.zeros((40_000, 1)), jax.random.key(4)
    assert float(Gaussian(0.3).sample(key, zeros).std()) == pytest.approx(0.3, rel=0.03)
    assert float(Laplace(0.3).sample(key, zeros).std()) == pytest.approx(0.3 * 2**0.5, rel=0.03)
    assert set(np.unique(Bernoulli().sample(key, zeros))) == {0.0, 1.0}


@pytest.mark.parametrize(
    ("likelihood", "x_hat", "distribution"),
    [
        (Huber(1.0, 0.5), 0.0, None),
        (ContinuousBernoulli(), -3.0, stats.truncexpon(3.0, scale=1 / 3.0)),
        (ContinuousBernoulli(), 0.0, stats.uniform()),
    ],
    ids=member_name,
)
def test_samples_follow_the_density(likelihood, x_hat, distribution):
    drawn = np.asarray(likelihood.sample(jax.random.key(5), jnp.full((5000, 1), x_hat)))[:, 0]
    if distribution is None:
        grid = np.linspace(-20, 20, 40_001)
        density = np.exp(-costs(likelihood, [x_hat], grid)[0])
        below = np.cumsum(density) * (grid[1] - grid[0])
        assert stats.kstest(drawn, lambda x: np.interp(x, grid, below)).pvalue > 1e-3
    else:
        assert stats.kstest(drawn, distribution.cdf).pvalue > 1e-3


@pytest.mark.parametrize("likelihood", COUNTS, ids=repr)
def test_sampled_counts_are_whole_and_vary_as_claimed(likelihood):
    mean = np.exp(X_HAT.astype(float))
    drawn = sampled(
        likelihood, jax.random.key(6), jnp.broadcast_to(jnp.asarray(X_HAT), (40_000, 4))
    )
    assert (drawn == jnp.round(drawn)).all()
    r = getattr(likelihood, "dispersion", np.inf)
    np.testing.assert_allclose(drawn.var(axis=0), mean + mean**2 / r, rtol=0.1)


@eqx.filter_jit
def cost_and_floor(likelihood, x_hat, x):
    return likelihood(x_hat, x)[0, 0], likelihood.floor(x)[0]


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
@given(
    x_hat=st.lists(st.floats(-30, 30, width=32), min_size=3, max_size=3),
    x=st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3),
)
def test_no_output_costs_less_than_the_floor(likelihood, x_hat, x):
    x = jnp.asarray([x], jnp.float32)
    cost, floor = map(float, cost_and_floor(likelihood, jnp.asarray([[x_hat]], jnp.float32), x))
    assert cost >= floor - 1e-5 * max(1, abs(floor))


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_the_floor_is_attained(likelihood):
    x = jnp.asarray([[0.1, 0.5, 0.8], [0.3, 0.7, 0.9]])
    perfect = jnp.asarray(outputs_for(likelihood, np.asarray(x, float)), jnp.float32)
    np.testing.assert_allclose(
        likelihood(perfect[None], x)[0], likelihood.floor(x), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(likelihood.mean(perfect), x, rtol=1e-5)


def outputs_for(likelihood, mean):
    """Return the raw outputs whose mean is given."""
    if isinstance(likelihood, ContinuousBernoulli):
        at = np.vectorize(
            lambda m: optimize.brentq(lambda a: 1 / -np.expm1(-a) - 1 / a - m, -50, 50.1)
        )
        return np.where(mean == 0.5, 0.0, at(np.where(mean == 0.5, 0.4, mean)))
    if isinstance(likelihood, Poisson | NegativeBinomial):
        return np.log(mean)
    if isinstance(likelihood, Bernoulli) or getattr(likelihood, "output", "") == "sigmoid":
        return special.logit(mean)
    return mean


@pytest.mark.parametrize("x", [1e-12, 1e-6, 1e-3, 0.04, 0.2, 0.4999, 0.501, 0.93, 0.9999])
def test_no_logit_beats_the_continuous_bernoulli_floor(x):
    x = jnp.full((1, 1), x, jnp.float32)
    size = np.geomspace(1e-3, 1e13, 4001, dtype=np.float32)
    tried = costs(ContinuousBernoulli(), np.r_[-size[::-1], 0, size], x[0])
    assert float(ContinuousBernoulli().floor(x)[0]) == pytest.approx(tried.min(), abs=2e-4)


def test_black_and_white_have_no_greatest_density():
    assert (
        ContinuousBernoulli().floor(jnp.asarray([[0.0, 0.5], [0.5, 1.0]])).tolist() == [-np.inf] * 2
    )


@pytest.mark.parametrize("likelihood", COUNTS, ids=repr)
def test_no_counts_have_no_floor(likelihood):
    np.testing.assert_allclose(likelihood.floor(jnp.zeros((1, 2))), 0, atol=1e-5)


FAR = jnp.asarray([[[1e4, -1e4, 300.0, -300.0, 0.0]]])


def test_continuous_bernoulli_is_finite_far_from_the_data():
    for x in (jnp.zeros((1, 5)), jnp.ones((1, 5))):
        cost, gradient = jax.jit(
            jax.value_and_grad(lambda f, x=x: ContinuousBernoulli()(f, x).sum())
        )(FAR)
        assert np.isfinite(cost)
        assert np.isfinite(gradient).all()
    slopes = jax.jit(jax.grad(lambda f: ContinuousBernoulli().mean(f).sum()))(FAR)
    assert np.isfinite(slopes).all()
    np.testing.assert_allclose(slopes[0, 0, -1], 1 / 12, rtol=1e-5)  # a uniform's variance


@pytest.mark.parametrize("raw", [-1e3, -10.0, 0.0])
def test_a_learned_scale_stays_above_the_least(raw):
    made = LearnedGaussian(per_feature=True, least_scale=0.1).create(3)
    assert np.allclose(made.log_scale, 0, atol=1e-6)  # where it begins
    moved = eqx.tree_at(lambda one: one.raw_scale, made, jnp.full(3, raw))
    assert (np.exp(moved.log_scale) >= 0.1 * (1 - 1e-6)).all()
    with pytest.raises(SettingError, match=r"scale is 0\.1"):
        LearnedGaussian(0.1, least_scale=0.1)


def test_the_best_scale_is_the_root_mean_square_error(normals):
    x_hat, x = normals(1, 50, 3), 2 * normals(50, 3, seed=1)
    error = float(((x_hat[0] - x) ** 2).mean()) ** 0.5
    best = LearnedGaussian(error).create(3)
    assert best.raw_scale.shape == (1,)
    gradient = eqx.filter_jit(eqx.filter_grad(lambda one: one(x_hat, x).mean()))
    assert float(gradient(best).raw_scale[0]) == pytest.approx(0, abs=1e-4)
    assert float(gradient(LearnedGaussian(2 * error).create(3)).raw_scale[0]) > 0.1
    errors = jnp.sqrt(((x_hat[0] - x) ** 2).mean(0))
    own = LearnedGaussian(per_feature=True).create(3)
    raw = jnp.log(jnp.expm1(jnp.log(errors) + 6)) - 6
    own = eqx.tree_at(lambda one: one.raw_scale, own, raw)
    np.testing.assert_allclose(gradient(own).raw_scale, 0, atol=1e-4)
    np.testing.assert_allclose(own.log_scale, np.log(errors), rtol=1e-4)


WEIGHTS = np.array([1, 1, 0, 1, 0.5], np.float32)


@pytest.fixture
def batch(normals, make_context):
    """Return outputs of three draws, examples, and a step that weighs them unequally."""
    return normals(3, 5, 4), 0.3 * normals(5, 4, seed=1), make_context(5, weights=WEIGHTS)


def weighted_mean(cost):
    return (WEIGHTS * cost.mean(0)).sum() / WEIGHTS.sum()


def test_the_optimal_scale_is_where_the_learned_one_has_no_slope(batch):
    x_hat, x, context = batch
    optimal = OptimalGaussian().create(4)
    cost, moved = optimal.charge(x_hat, x, context)
    squares = (np.asarray(x_hat, float) - np.asarray(x, float)) ** 2
    error = (WEIGHTS * squares.mean(axis=(0, 2))).sum() / WEIGHTS.sum()
    expected = 4 / 2 * (np.log(2 * np.pi * error) + 1)
    assert float(weighted_mean(cost)) == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(moved.variance.value, error, rtol=1e-5)
    learned = LearnedGaussian(error**0.5).create(4)
    np.testing.assert_allclose(cost, learned(x_hat, x), rtol=1e-4)
    slope = jax.jit(jax.grad(lambda one: weighted_mean(one(x_hat, x))))(learned).raw_scale
    assert float(slope[0]) == pytest.approx(0, abs=1e-4)
    for scale in (0.5, 0.99, 1.01, 2.0):
        other = Gaussian(scale * error**0.5)(x_hat, x)
        assert float(weighted_mean(other)) > expected + 1e-5


def test_no_gradient_is_lost_where_the_scale_is_held(batch):
    x_hat, x, context = batch

    def charged(x_hat):
        return weighted_mean(OptimalGaussian().create(4).charge(x_hat, x, context)[0])

    def closed_form(x_hat):
        squares = weighted_mean(((x_hat - x) ** 2).sum(-1)) / 4
        return 4 / 2 * jnp.log(squares)

    found, expected = (jax.jit(jax.grad(f))(x_hat) for f in (charged, closed_form))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert not found[:, 2].any()  # the row that only fills up the batch


def test_the_scale_after_training_is_that_of_a_running_mean(normals, make_context):
    likelihood = OptimalGaussian(3.0, decay=0.8).create(2)
    x, cases = jnp.zeros((4, 2)), [(0.5, np.ones(4)), (1.5, np.ones(4)), (4.0, np.eye(4)[0])]
    mean, count = 0.0, 0.0
    for error, weights in cases:
        context = make_context(4, weights=weights)
        _, likelihood = likelihood.charge(jnp.full((1, 4, 2), error), x, context)
        mean = 0.8 * mean + 0.2 * weights.sum() * error**2
        count = 0.8 * count + 0.2 * weights.sum()
    np.testing.assert_allclose(likelihood.variance.value, mean / count, rtol=1e-5)
    held_out = make_context(4, training=False)
    x_hat = normals(1, 4, 2)
    cost, same = likelihood.charge(x_hat, x, held_out)
    assert same is likelihood
    np.testing.assert_allclose(cost, Gaussian((mean / count) ** 0.5)(x_hat, x), rtol=1e-5)
    np.testing.assert_allclose(cost[:, :2], likelihood(x_hat[:, :2], x[:2]), rtol=1e-6)
    np.testing.assert_allclose(OptimalGaussian(3.0).create(2).variance.value, 9)


def test_a_perfect_batch_has_a_finite_cost(make_context):
    x = jnp.ones((2, 3))
    cost, moved = OptimalGaussian().create(3).charge(x[None], x, make_context(2))
    np.testing.assert_allclose(cost, 3 / 2 * (np.log(2 * np.pi) - 12), rtol=1e-5)
    np.testing.assert_allclose(moved.variance.value, np.exp(-12), rtol=1e-5)


@pytest.mark.parametrize("scale", [0.003, 0.3, 1.0, 50.0])
def test_a_learned_scale_starts_where_it_was_told_and_never_vanishes(scale):
    created = LearnedGaussian(scale).create(4)
    np.testing.assert_allclose(jnp.exp(created.log_scale), scale, rtol=1e-4)
    far = eqx.tree_at(lambda one: one.raw_scale, created, jnp.asarray([-1e6]))
    assert float(far.log_scale[0]) == -6.0


def test_learned_dispersions_start_where_they_were_told_and_have_a_gradient(normals):
    created = NegativeBinomial(0.7).create(3)
    np.testing.assert_allclose(jnp.exp(created.log_dispersion), np.full(3, 0.7), rtol=1e-6)
    x, x_hat = jnp.round(jnp.exp(normals(8, 3))), normals(1, 8, 3)
    np.testing.assert_allclose(created(x_hat, x), NegativeBinomial(0.7)(x_hat, x), rtol=1e-5)
    gradient = eqx.filter_jit(eqx.filter_grad(lambda one: one(x_hat, x).sum()))
    gradient = gradient(created).log_dispersion
    assert np.isfinite(gradient).all()
    assert gradient.all()
    assert NegativeBinomial(0.7, learned=False).create(3) == NegativeBinomial(0.7, learned=False)


def test_bits_have_no_floor():
    assert Bernoulli().floor(jnp.asarray([[0.0, 1.0, 1.0]])).tolist() == [0.0]


def test_bernoulli_is_finite_and_linear_far_from_the_data():
    far = jnp.asarray([[[1e4, -1e4]]])
    assert float(Bernoulli()(far, jnp.asarray([[0.0, 1.0]]))[0, 0]) == pytest.approx(2e4)
    assert np.isfinite(jax.grad(lambda f: Bernoulli()(f, jnp.ones((1, 2))).sum())(far)).all()


@pytest.mark.parametrize("likelihood", [ContinuousBernoulli(), *COUNTS], ids=repr)
def test_a_link_that_is_near_an_inverse_keeps_the_order(likelihood):
    from isthmus.activations import activation

    mean = jnp.linspace(0.02, 0.98, 7)
    assert (jnp.diff(likelihood.mean(activation(likelihood.link)(mean))) > 0).all()
    assert np.isfinite(likelihood.mean(activation(likelihood.link)(jnp.asarray([0.0, 1e6])))).all()


@pytest.mark.parametrize("likelihood", LINKED, ids=repr)
def test_the_link_inverts_the_mean_inside_the_range(likelihood):
    from isthmus.activations import activation

    mean = jnp.linspace(0.02, 0.98, 7)
    back = likelihood.mean(activation(likelihood.link)(mean))
    np.testing.assert_allclose(back, mean, rtol=1e-5)


@pytest.mark.parametrize("name", sorted(MEMBERS.keys() - {"columns", "masked"}))  # made of others
def test_the_domain_holds_the_samples(name):
    likelihood = MEMBERS[name]()
    low, high = likelihood.domain()
    drawn = likelihood.sample(jax.random.key(0), jnp.asarray(X_HAT))
    assert low <= float(drawn.min())
    assert float(drawn.max()) <= high


@pytest.mark.parametrize("make", [Gaussian, LearnedGaussian, OptimalGaussian, Laplace, Huber])
@pytest.mark.parametrize("scale", [0, -1.0, float("nan"), "wide", None, True])
def test_an_impossible_scale_is_refused_by_name(make, scale):
    with pytest.raises(SettingError, match=rf"likelihood {make.__name__}: scale is {scale!r}"):
        make(scale=scale)


def test_an_impossible_threshold_or_dispersion_is_refused_by_name():
    with pytest.raises(SettingError, match="likelihood Huber: threshold is 0"):
        Huber(0)
    with pytest.raises(SettingError, match="likelihood NegativeBinomial: dispersion is -1"):
        NegativeBinomial(-1)


def test_the_floor_of_mnist_is_45_5_nats_an_image():
    folder = os.environ.get("ISTHMUS_DATA")
    if folder is None:
        pytest.skip("ISTHMUS_DATA names no folder of real data")
    path = Path(folder) / "mnist" / "t10k-images-idx3-ubyte.gz"
    if not path.exists():
        pytest.skip("there is no MNIST in ISTHMUS_DATA")
    pixels = np.frombuffer(gzip.decompress(path.read_bytes())[16:], np.uint8).reshape(10_000, 784)
    floor = Bernoulli().floor(jnp.asarray(pixels, jnp.float32) / 255)
    assert float(floor.mean()) == pytest.approx(45.5, abs=0.05)
