import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from isthmus.studies import family, get, names, reports
from isthmus.studies import family_likelihood as likelihood
from isthmus.studies import family_samples as samples
from isthmus.studies.records import read_reported

NOTHING = np.zeros((60, 4), np.uint8)


def test_the_module_imports_without_jax():
    code = "import sys, isthmus.studies.family; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_a_study_but_no_report():
    assert get("family") is family.STUDY
    assert set(names()) == {*reports(), "family"}


def test_bits_are_one_as_often_as_the_grey_level_says():
    grey = np.tile(np.array([0, 51, 128, 255], np.uint8).reshape(1, 2, 2), (4000, 1, 1))
    bits = likelihood.binarised(grey, seed=0)
    assert bits.shape == (4000, 4)
    assert set(np.unique(bits)) == {0, 1}
    np.testing.assert_allclose(bits.mean(axis=0), [0, 0.2, 128 / 255, 1], atol=0.03)
    assert bits[:, 0].max() == 0
    assert bits[:, 3].min() == 1


def test_bits_are_drawn_once():
    grey = np.full((50, 2, 2), 128, np.uint8)
    assert np.array_equal(likelihood.binarised(grey, 0), likelihood.binarised(grey, 0))
    assert not np.array_equal(likelihood.binarised(grey, 0), likelihood.binarised(grey, 1))


def test_every_reported_likelihood_has_a_model():
    keys = {
        likelihood.key_of(k, how)
        for k in likelihood.FULL.lengths
        for how in ("once", "anew for every step")
    }
    assert keys == set(read_reported("family"))


def test_one_draw_is_the_vae_and_several_the_iwae():
    assert type(likelihood.model_of(1, epochs=1).bound).__name__ == "ELBO"
    assert likelihood.model_of(50, epochs=1).bound.draws == 50
    shared = [likelihood.model_of(k, epochs=1).get_params(deep=False) for k in (1, 50)]
    assert {name for name in shared[0] if shared[0][name] != shared[1][name]} == {"bound"}


class Rising:
    """Its log likelihood of an image rises with the draws, the more the brighter the image."""

    def log_likelihood(self, X, n_samples, random_state):
        return np.log(n_samples) * (1 + X[:, 0] / 100) - 90 - X[:, 1]


def test_the_correction_is_what_the_further_draws_add_to_some():
    rng = np.random.default_rng(0)
    X = rng.random((5000, 2))
    size = likelihood.Size(0, len(X), {}, few_draws=10, many_draws=1000, corrected=2000)
    found = likelihood.estimate(Rising(), X, size)
    exact = -Rising().log_likelihood(X, 1000, 0).mean()
    assert found.few > found.many
    assert abs(found.many - exact) < 4 * found.error
    assert found.error < 0.01


def test_networks_and_budget_are_equal_for_all_methods(monkeypatch):
    made = {}
    bench = SimpleNamespace(fit=lambda name, model, X: model)
    digits = SimpleNamespace(X=NOTHING)
    for name in samples.METHODS:
        made[name] = samples.fit(bench, name, 0, digits, samples.QUICK).get_params(deep=False)
    own = {"latent", "likelihood", "bound", "penalties"}
    for name, settings in made.items():
        differing = {key for key in settings if settings[key] != made["autoencoder"][key]}
        assert differing <= own, name


def test_codes_of_the_prior_are_standard_normal():
    decode = SimpleNamespace(latent_dim=3, inverse_transform=lambda codes: codes)
    codes = samples.generate(decode, samples.PRIOR, NOTHING, 4000, samples.QUICK)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(np.cov(codes.T), np.eye(3), atol=0.1)


@pytest.mark.parametrize("name", samples.METHODS)
def test_every_method_has_a_recipe_that_exists(name):
    from isthmus.recipes import RECIPES

    recipe = samples.METHODS[name].recipe
    assert recipe is None or recipe in RECIPES
