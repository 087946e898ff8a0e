"""What was computed wrongly without a word: each case with the right value."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from sklearn.model_selection import GridSearchCV

from isthmus import Autoencoder
from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.likelihoods import Bernoulli, Categorical, ContinuousBernoulli, Masked, Poisson
from isthmus.model import partition
from isthmus.penalties import AbstractPenalty, WeightDecay
from isthmus.scaling import choose

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))


def _fitted(**settings):
    settings = {"hidden": (4,), "epochs": 2, "random_state": 0} | settings
    return Autoencoder(2, **settings).fit(X)


@pytest.mark.parametrize(
    "number", [np.float64(0.05), np.float32(0.05), np.array(0.05), jnp.float32(0.05)]
)
def test_a_number_of_numpy_is_no_parameter(number):
    penalty = WeightDecay(number)
    assert isinstance(penalty.weight, float)
    fitted = _fitted(penalties=penalty)
    assert fitted.model_.penalties[0].weight == pytest.approx(0.05)
    parameters, _ = partition(fitted.model_)
    assert parameters.penalties[0].weight is None
    assert (
        fitted.history_["train_loss"] == _fitted(penalties=WeightDecay(0.05)).history_["train_loss"]
    )


def test_a_number_of_numpy_is_no_parameter_through_set_params():
    estimator = Autoencoder(2, penalties=WeightDecay(0.1), bound=ELBO(beta=1.0))
    estimator.set_params(bound__beta=np.float64(0.5))
    assert isinstance(estimator.bound.beta, float)


class Whole(AbstractPenalty):
    """A penalty that forgets that it is asked for each example."""

    def __call__(self, p):
        """Return one number for all."""
        return jnp.abs(p.draw.z).mean()

    def terms(self, p):
        """Return it by name, past the type checker of the tests."""
        return {"whole": self(p)}


class Squared(AbstractPenalty):
    """A penalty of a wrong shape."""

    def __call__(self, p):
        """Return (B, 1)."""
        return jnp.abs(p.draw.z).mean((0, 2))[:, None]

    def terms(self, p):
        """Return it by name, past the type checker of the tests."""
        return {"squared": self(p)}


class LooseBound(ELBO):
    """A bound of one number."""

    def __call__(self, p):
        """Return one number."""
        return super().__call__(p).sum()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"penalties": Whole()},
            r"penalty Whole returned the shape \(\), and \(\d+,\) was expected",
        ),
        ({"penalties": Squared()}, r"penalty Squared returned the shape \(\d+, 1\)"),
        ({"bound": LooseBound()}, r"bound LooseBound returned the shape \(\)"),
    ],
)
def test_a_member_of_a_wrong_shape_is_named(settings, sentence):
    with pytest.raises(SettingError, match=sentence):
        _fitted(**settings)


@pytest.mark.parametrize(
    ("likelihood", "inside", "outside"),
    [
        (Bernoulli(), [0.0, 0.5, 1.0, 1.000001], [-0.1, 1.1, 30.0]),
        (ContinuousBernoulli(), [0.0, 1.0], [-0.1, 2.0]),
        (Poisson(), [0.0, 900.0], [-1.0]),
        (Categorical(), [0.0, 1.0], [2.0]),
        (Masked(Bernoulli()), [np.nan, 0.5], [2.0, -1.0]),
    ],
)
def test_outside_its_support_a_likelihood_has_no_mass(likelihood, inside, outside):
    likelihood = likelihood.create(1)
    assert likelihood.supports(jnp.array(inside)[:, None]).all()
    assert not likelihood.supports(jnp.array(outside)[:, None]).any()


def test_a_table_within_one_is_standardised_where_spreads_differ():
    table = np.column_stack([RNG.uniform(0, 1, 500), RNG.normal(0.5, 0.001, 500)])
    assert choose("auto", table).kind == "standard"
    assert choose("auto", RNG.uniform(0, 1, (500, 5))).kind == "unit"
    images = np.zeros((200, 64))
    images[:, 20:44] = RNG.uniform(0, 1, (200, 24)).round(2)
    images[0, 0] = 0.01
    assert choose("auto", images).kind == "unit"
    assert choose("auto", table, image=True).kind == "unit"


def test_an_optimiser_of_ones_own_reports_no_learning_rate():
    seen = []
    fitted = _fitted(optimizer=optax.sgd(1e-3), callbacks=[lambda r: seen.append(r.learning_rate)])
    assert fitted.history_["learning_rate"] == seen == [None, None]
    assert all(rate > 0 for rate in _fitted().history_["learning_rate"])


def test_a_traced_number_stays_traced():
    made = eqx.filter_jit(lambda weight: WeightDecay(weight).weight * 2)
    assert float(made(jnp.asarray(0.5))) == 1.0
    assert jax.vmap(lambda w: WeightDecay(w).weight)(jnp.ones(3)).shape == (3,)


NUMPY = {
    "a grid of sizes": lambda: GridSearchCV(
        Autoencoder(hidden=(4,), epochs=1), {"latent_dim": np.arange(1, 3)}, cv=2
    ),
    "every plain parameter": lambda: Autoencoder(
        np.int64(2),
        hidden=np.array([4]),
        epochs=np.int32(1),
        batch_size=np.int64(16),
        patience=np.int16(1),
        validation_fraction=np.float32(0.2),
        learning_rate=np.array(1e-3),
        gradient_clip=np.float32(1.0),
        random_state=np.int64(0),
    ),
}


@pytest.mark.parametrize("case", NUMPY)
def test_numbers_of_numpy_are_numbers_without_a_warning(case):
    NUMPY[case]().fit(np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32))
