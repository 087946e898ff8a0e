"""Every check of a fit names what it is about, and is silent on a healthy fit."""

from dataclasses import replace

import numpy as np
import pytest

from isthmus.doctor import Errors, Fit, Head, examine_fit, harder_examples
from isthmus.doctor.fit_checks import FIT_CHECKS
from isthmus.doctor.fit_checks.progress import late_gain

N = 200


def rng(seed=0):
    return np.random.default_rng(seed)


def errors(own=0.1, pca=0.2, mean=1.0, seed=0):
    noise = rng(seed).normal(1, 0.1, (3, N))
    return Errors(own * noise[0], pca * noise[1], mean * noise[2])


def history(losses, rate=1e-3, **terms):
    n = len(losses)
    rates = rate * (1 + np.cos(np.pi * np.arange(1, n + 1) / (n + 1))) / 2
    columns = {"epoch": range(1, n + 1), "train_loss": losses, "learning_rate": rates} | terms
    return {name: np.asarray(column, float) for name, column in columns.items()}


SETTLED = 1 + 9 * np.exp(-np.arange(60) / 2)

HEALTHY = Fit(
    features=20,
    latent_dim=4,
    examples=1000,
    settings={
        "learning_rate": 1e-3, "epochs": 60, "batch_size": None, "beta": None, "corruption": None,
        "penalties": None, "likelihood": "Gaussian", "scaling": "range",
        "latent": "Deterministic", "activation": "identity", "examples": 1000,
    },
    history=history(SETTLED),
    best_epoch=60,
    floor=0.0,
    train=errors(),
    test=errors(own=0.11, seed=1),
    codes=rng().normal(size=(N, 4)),
    kept=np.array([1.0, 0.6, 0.35, 0.2, 0.1]),
    pca_curve=np.array([1.0, 0.7, 0.5, 0.3, 0.2, 0.18, 0.16, 0.15, 0.14]),
    outputs=rng().random((N, 20)),
    samples=rng().random((N, 20)),
    low=0.0,
    high=1.0,
    distances=(np.ones(N), np.full(N, 1.1)),
)  # fmt: skip

DRAWN = replace(
    HEALTHY,
    stochastic=True,
    settings={**HEALTHY.settings, "beta": 1.0, "latent": "Gaussian"},
    kl=np.full(4, 1.0),
    drawn=rng(1).normal(size=(N, 4)),
    prior=rng(2).normal(size=(N, 4)),
)


def with_settings(fit, **changed):
    return replace(fit, settings={**fit.settings, **changed})


def codes(column, value):
    x = HEALTHY.codes.copy()
    x[:, column] = value
    return x


EARLY = replace(
    HEALTHY,
    history=history(np.linspace(10, 6, 5)),
    best_epoch=5,
    train=errors(0.6, 0.7),
    test=errors(0.6, 0.7),
)

PLANTED = {
    "learning-rate": replace(
        with_settings(HEALTHY, learning_rate=0.5),
        history=history(np.r_[SETTLED[:20], 300, SETTLED[21:]], 0.5),
    ),
    "collapsed-posterior": replace(DRAWN, kl=np.zeros(4)),
    "dead-dimensions": replace(HEALTHY, codes=codes(1, 0.0)),
    "noise-too-strong": replace(HEALTHY, corrupted=np.full(N, 0.99), noise=np.full(N, 25.0)),
    "heavy-penalty": replace(
        HEALTHY, train=errors(0.3), test=errors(0.3), history=history(SETTLED, l1=0.9 * SETTLED)
    ),
    "worse-than-mean": replace(HEALTHY, train=errors(1.2), test=errors(1.2)),
    "unconverged": EARLY,
    "overfitting": replace(HEALTHY, train=errors(0.01), test=errors(0.3)),
    "worse-than-pca": replace(HEALTHY, test=errors(0.25)),
    "prior-mismatch": replace(DRAWN, drawn=6 * DRAWN.drawn),
    "codebook-use": replace(HEALTHY, symbols=(62, 512, 4000)),
    "code-too-large": replace(HEALTHY, kept=np.array([1.0, 0.11, 0.105, 0.101, 0.1])),
    "code-too-small": replace(
        HEALTHY,
        train=errors(0.6, 0.7),
        test=errors(0.6, 0.7),
        pca_curve=np.array([1.0, 0.9, 0.85, 0.8, 0.7, 0.5, 0.3, 0.1, 0.05]),
    ),
    "correlated-dimensions": replace(
        HEALTHY, codes=codes(1, HEALTHY.codes[:, 0] + 0.01 * HEALTHY.codes[:, 2])
    ),
    "output-range": replace(HEALTHY, samples=3 * HEALTHY.samples),
    "head-at-chance": replace(HEALTHY, head=Head("accuracy", 0.1, 0.12, 0.9, -0.8, 0.02)),
}


def names(fit):
    return {one.check for one in examine_fit(fit)}


def test_every_check_has_a_planted_mistake():
    assert set(PLANTED) == {check.__name__.replace("_", "-") for check in FIT_CHECKS}


@pytest.mark.parametrize("check", PLANTED)
def test_a_planted_mistake_is_named(check):
    assert check in names(PLANTED[check])


@pytest.mark.parametrize("fit", [HEALTHY, DRAWN], ids=["plain", "drawn"])
def test_a_healthy_fit_raises_no_alarm(fit):
    assert names(fit) == set()


def test_a_slow_rate_is_named_though_the_loss_hardly_moves():
    slow = with_settings(HEALTHY, learning_rate=1e-6)
    slow = replace(slow, history=history(np.linspace(10, 9.9, 20), 1e-6), best_epoch=20)
    (found,) = (one for one in examine_fit(slow) if one.check == "unconverged")
    assert "learning_rate=0.001" in found.remedy


def test_early_stopping_is_convergence():
    stopped = replace(EARLY, history=history(np.linspace(10, 6, 40)), best_epoch=30)
    assert "unconverged" not in names(stopped)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"beta": 50.0}, "beta=1.0"), ({"learning_rate": 0.1}, "learning_rate=0.001"),
     ({"beta": 1.0}, "learned_gaussian")],
)  # fmt: skip
def test_the_remedy_fits_the_model(settings, words):
    collapsed = with_settings(PLANTED["collapsed-posterior"], **settings)
    (found,) = (one for one in examine_fit(collapsed) if one.check == "collapsed-posterior")
    assert words in found.remedy


def test_overfitting_does_not_advise_a_corruption_that_is_there():
    fit = with_settings(PLANTED["overfitting"], corruption="Gaussian(scale=0.2)")
    (found,) = (one for one in examine_fit(fit) if one.check == "overfitting")
    assert "corruption" not in found.remedy


def test_one_cause_is_named_once():
    """A code is not called too small where training ended too early."""
    fit = replace(EARLY, pca_curve=PLANTED["code-too-small"].pca_curve)
    assert "code-too-small" not in names(fit)


def test_the_late_gain_is_what_the_second_half_of_the_rates_won():
    flat = {"train_loss": np.array([4.0, 3.0, 2.0]), "learning_rate": np.ones(3)}
    fit = replace(HEALTHY, history=flat, train=errors(1.0))
    assert late_gain(fit) == pytest.approx((3.5 - 2) / 2, rel=0.05)


def test_examples_of_the_same_kind_are_not_harder():
    draws = rng().gamma(2, 1, (2, N))
    assert harder_examples(*draws) is None
    assert harder_examples(draws[0], 4 * draws[1]).evidence["ratio"] > 3
