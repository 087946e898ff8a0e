"""Samplers: densities that integrate to one and fit their codes, samples that follow them."""

import numpy as np
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

import isthmus
from isthmus import Autoencoder, samplers
from isthmus.errors import DataError, SettingError
from isthmus.latents import (
    Categorical,
    Deterministic,
    FiniteScalar,
    Gaussian,
    PowerSpherical,
    ResidualVectorQuantised,
    VectorQuantised,
    VectorQuantisedEMA,
    is_discrete,
)
from isthmus.samplers import (
    MAF,
    MEMBERS,
    Autoregressive,
    GaussianMixture,
    KernelDensity,
    Normal,
    Prior,
    TwoStage,
    draw_codes,
)

X = load_digits().images[:600]
SMALL = {"hidden": (8,), "epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def plain():
    return Autoencoder(2, **SMALL).fit(X)


@pytest.fixture(scope="module")
def variational():
    return Autoencoder(2, latent="gaussian", **SMALL).fit(X)


@pytest.fixture(scope="module")
def codes():
    """Return two clouds of unequal size, correlated and in unequal units."""
    rng = np.random.default_rng(0)
    near = rng.multivariate_normal([0, 0], [[1, 80], [80, 1e4]], 1500)
    return np.concatenate([near, rng.normal([10, -500], [0.5, 20], (500, 2))])


DENSITIES = [Normal(), GaussianMixture(2, random_state=0), KernelDensity(), KernelDensity(0.3)]


@pytest.mark.parametrize("sampler", DENSITIES, ids=repr)
def test_densities_integrate_to_one(sampler, codes):
    axes = np.linspace(-30, 30, 601), np.linspace(-3000, 3000, 601)
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    density = np.exp(clone(sampler).fit(codes[::8]).score_samples(grid))
    assert density.sum() * 0.1 * 10 == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("sampler", DENSITIES[:3], ids=repr)
def test_samples_have_the_moments_of_the_codes(sampler, codes):
    drawn = clone(sampler).fit(codes).sample(20_000, random_state=1)
    wider = 1 + 2000 ** (-1 / 3) * isinstance(sampler, KernelDensity)  # by the kernel's variance
    error = codes.std(axis=0) / np.sqrt(20_000)
    assert (np.abs(drawn.mean(axis=0) - codes.mean(axis=0)) < 5 * error).all()
    np.testing.assert_allclose(drawn.var(axis=0), codes.var(axis=0) * wider, rtol=0.04)
    if wider == 1:
        np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), rtol=0.05)


def test_the_normal_density_is_scipys(codes):
    fitted = Normal().fit(codes)
    expected = stats.multivariate_normal(codes.mean(axis=0), np.cov(codes.T)).logpdf(codes)
    np.testing.assert_allclose(fitted.score_samples(codes), expected)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_kernels_of_one_dimension_are_scipys_in_any_unit(codes, scale):
    one = codes[:200, :1] * scale
    fitted, expected = KernelDensity("scott").fit(one), stats.gaussian_kde(one.T, "scott")
    np.testing.assert_allclose(fitted.score_samples(one), expected.logpdf(one.T), rtol=1e-6)
    drawn = fitted.sample(2000, random_state=0)[:, 0]
    below = np.vectorize(lambda x: expected.integrate_box_1d(-np.inf, x))
    assert stats.kstest(drawn, below).pvalue > 1e-3


def test_a_mixture_finds_the_clouds_and_mixes_their_samples(codes):
    fitted = GaussianMixture(2, random_state=0).fit(codes)
    order = np.argsort(fitted.mixture_.weights_)
    np.testing.assert_allclose(fitted.mixture_.weights_[order], [0.25, 0.75], atol=0.01)
    far = fitted.sample(4000, random_state=0)[:, 0] > 7
    assert far[:2000].mean() == pytest.approx(0.25, abs=0.05)
    assert far[2000:].mean() == pytest.approx(0.25, abs=0.05)


def test_more_components_than_codes_are_refused():
    with pytest.raises(DataError, match="There are 3 different codes, too few for a mixture of 4"):
        GaussianMixture(4).fit(np.repeat(np.eye(3), 5, axis=0))
    with pytest.raises(SettingError, match="components is 0"):
        GaussianMixture(0).fit(np.eye(3))


def test_a_dimension_that_is_constant_does_no_harm():
    codes = np.column_stack([np.random.default_rng(0).normal(size=200), np.full(200, 3.0)])
    for sampler in (Normal(), KernelDensity(), GaussianMixture(2, random_state=0)):
        drawn = sampler.fit(codes).sample(50, random_state=0)
        assert np.isfinite(drawn).all()
        np.testing.assert_allclose(drawn[:, 1], 3, atol=2)


def test_the_prior_is_the_latents():
    normal = Prior().fit(np.zeros((2, 3)), Gaussian()).sample(4000, random_state=0)
    assert all(stats.kstest(column, "norm").pvalue > 1e-3 for column in normal.T)
    sphere = Prior().fit(np.zeros((2, 3)), PowerSpherical()).sample(50, random_state=0)
    np.testing.assert_allclose((sphere**2).sum(axis=1), 1, rtol=1e-5)
    for latent in (Deterministic(), None):
        with pytest.raises(SettingError, match="has no prior to sample from"):
            Prior().fit(np.zeros((2, 3)), latent)


def test_a_second_stage_learns_what_a_normal_cannot():
    rng = np.random.default_rng(0)
    along, beside = rng.normal(size=(2, 1500))
    parabola = np.stack([3 * along, along**2 + 0.1 * beside], axis=1)
    settings = {"hidden": (32,), "epochs": 60, "learning_rate": 1e-2, "schedule": "cosine"}
    second = Autoencoder(
        2, latent="gaussian", likelihood="learned_gaussian", patience=0, random_state=0, **settings
    )
    off = []
    for sampler in (Normal(), TwoStage(second)):
        x, y = sampler.fit(parabola).sample(2000, random_state=0).T
        off.append(np.std(y - (x / 3) ** 2))
    assert off[1] < 0.5 * off[0]


def test_a_second_stage_adds_the_noise_of_its_likelihood(codes):
    sampler = TwoStage(Autoencoder(1, latent="gaussian", likelihood="gaussian", **SMALL)).fit(codes)
    u = sampler.autoencoder_.sample_codes(500, 0)
    spread = sampler.sample(500, 0) - sampler.autoencoder_.inverse_transform(u)
    np.testing.assert_allclose(spread.std(axis=0), codes.std(axis=0), rtol=0.15)


def test_a_second_stage_without_settings_is_that_of_the_paper(monkeypatch, codes):
    def take(estimator, codes):
        return estimator

    monkeypatch.setattr(Autoencoder, "fit", take)
    second = TwoStage(random_state=3).fit(codes).autoencoder_
    assert (second.latent_dim, second.latent, second.random_state) == (2, "gaussian", 3)
    with pytest.raises(DataError, match="one dimension"):
        TwoStage().fit(codes[:, :1])


def test_a_flow_learns_what_a_normal_cannot_and_integrates_to_one():
    rng = np.random.default_rng(0)
    along, beside = rng.normal(size=(2, 900))
    parabola = np.stack([3 * along, 50 + 100 * (along**2 + 0.3 * beside)], axis=1)
    settings = {"layers": 2, "hidden": (16,), "epochs": 60, "learning_rate": 1e-2}
    flow, normal = MAF(random_state=0, **settings).fit(parabola), Normal().fit(parabola)
    assert flow.score_samples(parabola).mean() > normal.score_samples(parabola).mean() + 0.5
    axes = np.linspace(-15, 15, 401), np.linspace(-1000, 2500, 401)
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    steps = np.prod([axis[1] - axis[0] for axis in axes])
    assert np.exp(flow.score_samples(grid)).sum() * steps == pytest.approx(1, rel=0.02)
    drawn = flow.sample(4000, random_state=0)
    own, codes = flow.score_samples(drawn).mean(), flow.score_samples(parabola).mean()
    assert own == pytest.approx(codes, abs=0.2)


def test_symbols_are_learned_with_their_dependence():
    rng = np.random.default_rng(0)
    first = rng.choice(4, 800, p=[0.5, 0.3, 0.2, 0.0])
    second = np.where(rng.random(800) < 0.9, first, rng.integers(3, size=800)) % 3
    symbols = np.stack([first, second, rng.integers(2, size=800)], axis=1)
    sampler = Autoregressive((16,), 4, epochs=40, learning_rate=1e-2, random_state=0)
    sampler.fit(symbols, FiniteScalar((4, 3, 2)))
    every = np.stack(np.meshgrid(range(4), range(3), range(2), indexing="ij"), -1).reshape(-1, 3)
    masses = np.exp(sampler.score_samples(every))
    assert masses.sum() == pytest.approx(1, rel=1e-5)
    share = (symbols[:, None] == every).all(-1).mean(axis=0)
    np.testing.assert_allclose(masses, share, atol=0.03)
    codes = sampler.sample(20_000, random_state=1)
    levels = [np.linspace(-1, 1, n) for n in (4, 3, 2)]
    drawn = np.stack([np.abs(codes[:, [j]] - levels[j]).argmin(1) for j in range(3)], axis=1)
    own = (drawn[:, None] == every).all(-1).mean(axis=0)
    np.testing.assert_allclose(own, masses, atol=0.015)


@pytest.mark.parametrize(
    "latent",
    [
        VectorQuantised(size=4, parts=2),
        VectorQuantisedEMA(size=4, parts=2),
        ResidualVectorQuantised(3, VectorQuantisedEMA(size=4, parts=2)),
        FiniteScalar((3, 4, 2, 5)),
        Categorical(classes=2),
    ],
    ids=lambda latent: type(latent).__name__,
)
def test_codes_are_what_their_symbols_stand_for(latent, normals, make_context):
    latent = latent.create(4, np.random.default_rng(0))
    draw, _ = latent(normals(9, latent.width(4)), make_context(9, training=False), 1)
    symbols = latent.symbols(draw)
    assert (symbols >= 0).all()
    assert (symbols < np.array(latent.alphabet(symbols.shape[1]))).all()
    np.testing.assert_allclose(latent.from_symbols(symbols), draw.z[0], atol=1e-6)


def test_quantised_codes_have_samplers_of_their_own(plain):
    latent = VectorQuantised(size=8, parts=2)
    quantised = Autoencoder(4, latent=latent, **SMALL).fit(X)
    sampler = Autoregressive((8,), epochs=1)
    generator = samplers.fit(sampler, quantised, X, random_state=0)
    drawn = generator.sample_codes(50, 0)
    book = np.asarray(quantised.model_.latent.codebook)
    gaps = np.abs(drawn.reshape(50, 2, 1, 2) - book).sum(-1).min(-1)
    np.testing.assert_allclose(gaps, 0, atol=1e-6)
    assert generator.sample(3, 0).shape == (3, 8, 8)
    continuous = [name for name in MEMBERS if name not in ("prior", "autoregressive")]
    for name in continuous:
        with pytest.raises(SettingError, match="VectorQuantised are of finitely many values"):
            samplers.fit(name, quantised, X)
    with pytest.raises(SettingError, match="the latent is Deterministic"):
        samplers.fit("autoregressive", plain, X)
    assert not is_discrete(Categorical(straight_through=False))


def test_drawn_codes_follow_the_posteriors(variational):
    few = np.repeat(X[:2], 2000, axis=0)  # 4,000 rows are many groups of the compiled program
    drawn = draw_codes(variational, few, random_state=0)
    assert len(np.unique(drawn, axis=0)) == 4000
    means = variational.transform(X[:2])
    for row, mean in enumerate(means):
        own = drawn[2000 * row : 2000 * (row + 1)]
        assert (np.abs(own.mean(axis=0) - mean) < 5 * own.std(axis=0) / np.sqrt(2000)).all()
        assert own.std(axis=0).min() > 0.1


def test_codes_that_are_not_drawn_are_the_codes(plain):
    np.testing.assert_allclose(draw_codes(plain, X, 0), plain.transform(X), rtol=1e-6)


@pytest.mark.parametrize("name", ["normal", "mixture", "kernel_density"])
def test_every_sampler_makes_examples_by_the_state_alone(name, plain):
    def make(fit_state, state):
        return samplers.fit(name, plain, X, random_state=fit_state).sample(4, random_state=state)

    first = make(0, 0)
    assert first.shape == (4, 8, 8)
    np.testing.assert_array_equal(first, make(0, 0))
    assert not np.array_equal(first, make(0, 1))


def test_a_generator_decodes_the_codes_of_its_sampler(variational):
    sampler = Prior()
    generator = samplers.fit(sampler, variational, X, random_state=0)
    assert not hasattr(sampler, "latent_")
    expected = variational.inverse_transform(generator.sample_codes(3, 5))
    np.testing.assert_array_equal(generator.sample(3, 5), expected)


def test_a_state_that_a_sampler_names_is_its_own(plain):
    def mixture(**settings):
        generator = samplers.fit(GaussianMixture(3, **settings), plain, X, random_state=0)
        return generator.sampler.random_state

    assert mixture(random_state=7) == 7
    assert isinstance(mixture(), int)


def test_what_cannot_be_is_refused_in_one_sentence(plain):
    with pytest.raises(SettingError, match="did you mean 'mixture'"):
        samplers.fit("mixtur", plain, X)
    with pytest.raises(SettingError, match="it must be a name"):
        samplers.fit(3, plain, X)
    with pytest.raises(SettingError, match="Deterministic, which has no prior"):
        samplers.fit("prior", plain, X)
    with pytest.raises(SettingError, match="n is 0"):
        samplers.fit("normal", plain, X).sample(0)
    with pytest.raises(NotFittedError):
        samplers.fit("normal", Autoencoder(), X)
    classifier = isthmus.AutoencoderClassifier(2, decoder=None, **SMALL)
    with pytest.raises(SettingError, match="no decoder"):
        samplers.fit("normal", classifier.fit(X, load_digits().target[:600]), X)


@pytest.mark.parametrize(
    ("sampler", "words"),
    [
        (GaussianMixture(2, "round"), "There is no covariance called 'round'"),
        (KernelDensity("scot"), "did you mean 'scott'"),
        (KernelDensity(0), "bandwidth is 0"),
        (TwoStage("vae"), "autoencoder is 'vae'"),
    ],
)
def test_settings_of_a_sampler_are_checked_in_its_fit(sampler, words):
    with pytest.raises(SettingError, match=words):
        sampler.fit(np.zeros((3, 2)))


def test_one_code_is_too_few():
    with pytest.raises(DataError, match="found 1: give more"):
        Normal().fit(np.zeros((1, 2)))


@pytest.mark.parametrize("name", MEMBERS)
def test_members_are_small_estimators(name):
    sampler = MEMBERS[name]()
    assert clone(sampler).get_params() == sampler.get_params()
    with pytest.raises(NotFittedError):
        sampler.sample(1)
