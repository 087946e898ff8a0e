"""Where JAX's default is double precision, weights and state have the types that they declare."""

import jax
import numpy as np
import optax
import pytest

from isthmus import Autoencoder, AutoencoderClassifier, Sweep, load
from isthmus.engine import Checkpoint
from isthmus.recipes import RECIPES
from isthmus.samplers import fit

SMALL = {"hidden": (8,), "epochs": 2, "random_state": 0}
RECIPES_TRIED = ("vae", "vmf_vae", "vq_vae", "maf_prior_vae", "adversarial", "miwae")


@pytest.fixture(autouse=True)
def double():
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


def types_of(model) -> set[str]:
    return {str(leaf.dtype) for leaf in jax.tree.leaves(model) if hasattr(leaf, "dtype")}


@pytest.mark.parametrize("name", RECIPES_TRIED)
def test_a_recipe_fits(name, digits) -> None:
    fitted = RECIPES[name].make(3, **SMALL).fit(digits)
    assert types_of(fitted.model_) <= {"float32", "int32", "uint32", "bool"}
    assert np.isfinite(fitted.transform(digits)).all()
    assert np.isfinite(fitted.sample(3, random_state=0)).all()


@pytest.mark.parametrize(
    "optimizer", ["adamw", "lion", optax.adam(1e-3)], ids=["adamw", "lion", "own"]
)
def test_an_optimiser_moves(optimizer, digits) -> None:
    fitted = Autoencoder(optimizer=optimizer, **SMALL).fit(digits).partial_fit(digits)
    assert types_of(fitted.model_) == {"float32"}
    assert types_of(fitted._state) <= {"float32", "int32"}


def test_a_model_file_and_a_checkpoint_hold_them(digits, tmp_path) -> None:
    estimator = AutoencoderClassifier(**SMALL)
    fitted = estimator.fit(digits, np.arange(len(digits)) % 3, checkpoint=Checkpoint(tmp_path))
    codes = fitted.transform(digits)
    found = load(fitted.save(tmp_path / "model.safetensors"))
    assert np.array_equal(found.transform(digits), codes)
    again = estimator.fit(
        digits, np.arange(len(digits)) % 3, checkpoint=Checkpoint(tmp_path, resume=True)
    )
    assert np.array_equal(again.transform(digits), codes)


def test_a_sweep_trains_together(digits) -> None:
    estimator = RECIPES["vae"].make(2, **SMALL)
    searched = Sweep(estimator, {"latent_dim": [1, 2]}, strategy="together").fit(digits)
    assert types_of(searched.best_estimator_.model_) == {"float32"}


@pytest.mark.parametrize("sampler", ["mixture", "maf"])
def test_a_sampler_is_fitted(sampler, digits) -> None:
    fitted = RECIPES["vae"].make(2, **SMALL).fit(digits)
    generator = fit(sampler, fitted, digits, random_state=0)
    assert np.isfinite(generator.sample(3, random_state=0)).all()
