import jax.numpy as jnp
import numpy as np
import optax
import pytest

from isthmus.engine import OPTIMIZERS, SCHEDULES, Optimiser, adam
from isthmus.errors import SettingError

P = np.linspace(0, 1, 41)
FORMULAS = {
    "constant": np.ones_like(P),
    "cosine": (1 + np.cos(np.pi * P)) / 2,
    "warmup_cosine": np.where(P < 0.05, 0.1 + 18 * P, (1 + np.cos(np.pi * (P - 0.05) / 0.95)) / 2),
    "linear": 1 - P,
    "exponential": 0.01**P,
}


def halving(step):
    return 0.5**step


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_its_formula(name: str) -> None:
    optimiser = Optimiser("sgd", 0.2, name, None)
    rates = [float(optimiser.rate(jnp.asarray(0), jnp.asarray(p))) for p in P]
    np.testing.assert_allclose(rates, 0.2 * FORMULAS[name], rtol=1e-4, atol=1e-7)


def test_the_rates_of_a_fit_follow_the_schedule_over_all_its_steps(make, digits) -> None:
    settings = {"learning_rate": 0.02, "schedule": "cosine", "batch_size": 1000}
    fitted = make(epochs=8, validation_fraction=0, **settings).fit(digits)
    expected = [0.01 * (1 + np.cos(np.pi * step / 8)) for step in range(8)]
    np.testing.assert_allclose(fitted.history_["learning_rate"], expected, rtol=1e-5)


def test_an_own_schedule_gets_the_step_count(make, digits) -> None:
    fitted = make(schedule=halving, learning_rate=0.01, batch_size=100, epochs=2)
    fitted.fit(digits)  # 180 examples to learn from: two steps an epoch
    assert fitted.history_["learning_rate"] == pytest.approx([0.01 / 2, 0.01 / 8])


def test_an_own_transformation_is_used_whole(make, digits) -> None:
    own = make(optimizer=optax.sgd(1e-3), learning_rate=123.0, schedule=halving).fit(digits)
    ours = make(optimizer="sgd", learning_rate=1e-3, schedule="constant").fit(digits)
    np.testing.assert_allclose(own.transform(digits), ours.transform(digits), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_goes_down_a_parabola(name: str) -> None:
    optimiser = Optimiser(name, 0.01, "constant", None)
    x = {"w": jnp.full(3, 2.0)}
    state = optimiser.init(x)
    for step in range(5):
        x, state = optimiser.update(x, state, x, jnp.asarray(step), jnp.asarray(0.0))
    assert (x["w"] < 2.0).all()
    assert (x["w"] > 0.0).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("adma", 0.1, "cosine", None), "no optimizer 'adma'; did you mean 'adam'"),
        ((5, 0.1, "cosine", None), "no optimizer 5"),
        (("adam", 0.1, "cosin", None), "no schedule 'cosin'; did you mean 'cosine'"),
        (("adam", 0.1, 3, None), "no schedule 3"),
        (("adam", 0.0, "cosine", None), "learning_rate is 0.0"),
        (("adam", float("nan"), "cosine", None), "learning_rate is nan"),
        (("adam", "fast", "cosine", None), "learning_rate is 'fast'"),
        (("adam", 0.1, "cosine", 0), "gradient_clip is 0"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Optimiser(*settings)


@pytest.mark.parametrize("small", [0, 2**14], ids=["moments apart", "moments together"])
def test_adam_is_that_of_the_paper(monkeypatch, small) -> None:
    """Algorithm 1 of Kingma and Ba, in double precision, of gradients of very different sizes."""
    monkeypatch.setattr(adam, "SMALL", small)
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((50, 2, 3)) * 10.0 ** np.arange(-9, 3, 2).reshape(2, 3)
    parameters = jnp.zeros((2, 3))
    optimiser = Optimiser("adam", 0.1, "constant", None)
    state = optimiser.init(parameters)
    theta, m, v = np.zeros((3, 2, 3))
    for t, gradient in enumerate(gradients, 1):
        now = (jnp.asarray(t - 1), jnp.zeros(()))
        parameters, state = optimiser.update(jnp.float32(gradient), state, parameters, *now)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        theta -= 0.1 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        np.testing.assert_allclose(parameters, theta, rtol=2e-4, atol=1e-6)
