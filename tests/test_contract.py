"""One contract for every recipe: a new one is held to it without a line written here."""

import pickle

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import load_digits

import isthmus
from isthmus.bounds import ELBO
from isthmus.corruption import Gaussian as Noise
from isthmus.errors import DataError, IsthmusError, SettingError
from isthmus.likelihoods import Gaussian, LearnedGaussian, Masked, OptimalGaussian
from isthmus.model import objective, partition
from isthmus.networks import Convolutional
from isthmus.penalties import (
    L1,
    Contraction,
    PriorCritic,
    ReconstructionCritic,
    TotalCorrelationCritic,
    WeightDecay,
)
from isthmus.recipes import RECIPES

SMALL = {"epochs": 2, "batch_size": 8, "learning_rate": 3e-3, "random_state": 0}
SMALL |= {"validation_fraction": 0.0}  # else the best weights may be the first
OWN = {
    "convolutional": {"encoder": Convolutional((4,), kernel_size=2, hidden=())},
    "sparse": {"latent_dim": 8, "hidden": (32,)},
    "top_k": {"latent_dim": 8, "k": 4, "hidden": (32,)},
    "batch_top_k": {"latent_dim": 8, "k": 4, "hidden": (32,)},
    "categorical_vae": {"latent_dim": 40, "hidden": (32,)},
    "vamp_vae": {"latent_dim": 4, "components": 5, "hidden": (32,)},
}
FREE = WeightDecay(0.0)
GENTLE = {  # as good as no noise and no penalty, so that nothing but the code limits the fit
    "vae": {"beta": 1e-4, "penalties": FREE},
    "beta_vae": {"beta": 1e-4, "penalties": FREE},
    "conditional_vae": {"beta": 1e-4, "penalties": FREE},
    "capacity_vae": {"gamma": 1e-4, "penalties": FREE},
    "denoising": {"corruption": Noise(1e-4), "penalties": FREE},
    "sigma_vae": {  # its error is always worth D / 2 nats, so the start must be worth more
        "likelihood": OptimalGaussian(scale=0.05),
        "bound": ELBO(beta=1e-4),
        "penalties": FREE,
    },
    "missing_iwae": {  # likewise
        "likelihood": Masked(LearnedGaussian(0.05, per_feature=True)),
        "penalties": FREE,
    },
    "categorical_vae": {  # faster, it may settle on one code for two of the examples
        "bound": ELBO(beta=1e-4),
        "penalties": FREE,
        "learning_rate": 3e-3,
        "epochs": 4000,
    },
    "vmf_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "spherical_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "poincare_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "ms_ssim": {},
    "map": {"penalties": FREE},
    "full_covariance_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "mixture_prior_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "vamp_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "maf_prior_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "planar_flow_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "iaf_vae": {"bound": ELBO(beta=1e-4), "penalties": FREE},
    "sparse": {"penalties": L1(1e-6)},
    "contractive": {"penalties": Contraction(1e-6)},
    "adversarial": {"penalties": PriorCritic(1e-6)},
    "factor_vae": {"bound": ELBO(beta=1e-4), "penalties": TotalCorrelationCritic(1e-6)},
    "vae_gan": {
        "bound": ELBO(beta=1e-4),
        "likelihood": Gaussian(),
        "penalties": ReconstructionCritic(1e-6, 1e-6),
    },
}
TOLD = ["conditional_vae"]  # given a label they are autoencoders like any other: one label here
X = load_digits().images[:40].astype(np.float32)  # (n, 8, 8)


def make(name, **settings):
    shape = {"latent_dim": 4} | OWN.get(name, {"hidden": (32,)})
    return RECIPES[name].make(**(SMALL | shape | settings))


def fit(name, x, **settings):
    estimator = make(name, **settings)
    if name in TOLD:
        return estimator.fit(x, np.full(len(x), 3)).given(3)
    return estimator.fit(x)


def value(parameters, rest, x, context):
    return objective(eqx.combine(parameters, rest), x, None, context)[0]


@eqx.filter_jit
def terms_and_bound(parameters, rest, x, context):
    model = eqx.combine(parameters, rest)
    loss, (terms, _) = objective(model, x, None, context)
    return loss, terms, model.bound(model.forward(x, None, context)[0]).mean()


@pytest.fixture(scope="module", params=RECIPES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def fitted(name):
    return fit(name, X)


@pytest.fixture(scope="module")
def other(name):
    return fit(name, X, random_state=1)


def same_bits(one, two):
    leaves = [jax.tree.leaves(partition(e.model_)[0]) for e in (one, two)]
    return all(np.array_equal(a, b) for a, b in zip(*leaves, strict=True))


def test_shapes(fitted):
    codes = fitted.transform(X)
    assert codes.shape == (40, fitted.latent_dim)
    assert fitted.inverse_transform(codes).shape == X.shape
    assert fitted.reconstruct(X).shape == X.shape
    assert fitted.sample(3, random_state=0).shape == (3, 8, 8)
    assert fitted.score_samples(X).shape == (40,)
    for found in (codes, fitted.reconstruct(X), fitted.sample(3), fitted.score_samples(X)):
        assert np.isfinite(found).all()
    np.testing.assert_allclose(
        fitted.inverse_transform(codes), fitted.reconstruct(X), rtol=1e-4, atol=1e-3
    )


def test_a_row_does_not_depend_on_its_company(fitted):
    np.testing.assert_array_equal(fitted.transform(X)[7:9], fitted.transform(X[7:9]))


def test_seeds_decide_every_bit(name, fitted, other):
    assert same_bits(fitted, fit(name, X))
    assert fitted.history_["train_loss"] != other.history_["train_loss"]
    assert not same_bits(fitted, other)


def test_a_saved_model_comes_back_to_the_last_bit(fitted, tmp_path):
    back = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    assert same_bits(fitted, back)
    for method in ("transform", "reconstruct", "score_samples"):
        np.testing.assert_array_equal(getattr(fitted, method)(X), getattr(back, method)(X))
    np.testing.assert_array_equal(fitted.sample(3, 0), back.sample(3, 0))
    assert same_bits(fitted, pickle.loads(pickle.dumps(fitted)))
    settings = back.get_params(deep=False)
    for name, value in fitted.get_params(deep=False).items():
        assert settings[name] == value


def test_gradients_move_every_parameter(name, fitted):
    start = fit(name, X, epochs=0)
    moved = [jax.tree.leaves(partition(e.model_)[0]) for e in (start, fitted)]
    for before, after in zip(*moved, strict=True):
        assert np.isfinite(after).all()
        assert (before != after).any()


def test_vmap_equals_a_loop(fitted, other, make_context):
    models = [partition(estimator.model_) for estimator in (fitted, other)]
    x, context = jnp.asarray(X[:8].reshape(8, 64)), make_context(8)
    alone = eqx.filter_jit(value)
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *models)
    together = eqx.filter_jit(
        lambda pair: eqx.filter_vmap(lambda p, r: value(p, r, x, context))(*pair)
    )(stacked)
    separate = [alone(*model, x, context) for model in models]
    np.testing.assert_allclose(together, separate, rtol=1e-5)


def test_one_batch_is_learned_by_heart(name):
    settings = {"epochs": 1500, "learning_rate": 1e-2} | GENTLE.get(name, {"penalties": FREE})
    start = fit(name, X[:8], **(settings | {"epochs": 0}))
    end = fit(name, X[:8], **settings)
    gaps = [m["nats"] - m["floor_nats"] for m in (e.measure(X[:8]) for e in (start, end))]
    assert gaps[1] < 0.1 * gaps[0]
    spread = np.var(start.scale(X[:8]), axis=0).mean()
    assert end.measure(X[:8])["mse"] < 0.05 * spread


def test_terms_of_the_history_add_up(fitted, make_context):
    history, bound = fitted.history_, fitted.model_.bound
    terms = set(history) - {
        "epoch", "train_loss", "validation_loss", "learning_rate", "seconds", "kl"
    }  # fmt: skip
    if isinstance(bound, ELBO):
        total = sum(np.asarray(history[term]) for term in terms) + bound.beta * np.asarray(
            history["kl"]
        )
        np.testing.assert_allclose(total, history["train_loss"], rtol=1e-5)
    else:  # no sum of its parts, but the rest adds to it
        x = jnp.asarray(X[:8].reshape(8, 64))
        loss, parts, bounded = terms_and_bound(*partition(fitted.model_), x, make_context(8))
        assert set(parts) == terms | {"kl"}
        rest = sum(parts[term] for term in terms - {"reconstruction", "latent_cost"})
        np.testing.assert_allclose(bounded + rest, loss, rtol=1e-5)


@pytest.mark.parametrize(
    ("recipe", "settings", "data", "error", "sentence"),
    [
        ("convolutional", {}, X.reshape(40, 64), SettingError, "needs images"),
        ("vae", {"likelihood": "bernoulli", "scaling": "none"}, X, SettingError, r"\[0, 1\]"),
        ("tied", {}, np.ones((9, 5)), DataError, "nothing to learn"),
        ("sparse", {"image_shape": (3, 3)}, X.reshape(40, 64), IsthmusError, "64 values"),
        ("denoising", {"corruption": "gausian"}, X, SettingError, "did you mean 'gaussian'"),
        ("contractive", {"activation": "rellu"}, X, SettingError, "did you mean 'relu'"),
        ("beta_vae", {"start": "pca"}, X, SettingError, "start='random'"),
    ],
)  # fmt: skip
def test_data_and_settings_that_cannot_be_end_in_one_sentence(
    recipe, settings, data, error, sentence
):
    with pytest.raises(error, match=sentence) as caught:
        make(recipe, **settings).fit(data)
    assert isinstance(caught.value, IsthmusError)
    assert "\n" not in str(caught.value)


def test_examples_of_another_shape_are_refused(fitted):
    with pytest.raises(ValueError, match="63 features"):
        fitted.transform(X.reshape(40, 64)[:, 1:])
    with pytest.raises(DataError, match="5 columns"):
        fitted.inverse_transform(np.zeros((2, 5)))
