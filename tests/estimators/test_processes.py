"""Estimators that go to other processes, and to libraries that store them in their own way."""

import multiprocessing
import pickle
import warnings

import jax
import numpy as np
import optax
import pytest
from sklearn.datasets import load_digits

from isthmus import Autoencoder
from isthmus.errors import SettingError
from isthmus.recipes import vae

SMALL = {"hidden": (4,), "epochs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return load_digits().data[:60]


def attempt(call, answers) -> None:
    try:
        call()
    except SettingError as error:
        answers.put(str(error))
    else:
        answers.put("went on")


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
@pytest.mark.parametrize("what", ["transform", "fit", "partial_fit"])
def test_a_forked_process_is_told_so_instead_of_waiting_forever(what, digits) -> None:
    fitted = Autoencoder(**SMALL).fit(digits)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # JAX's own about the fork
        child = context.Process(
            target=attempt, args=(lambda: getattr(fitted, what)(digits), answers)
        )
        child.start()
    assert "was forked from one in which JAX runs" in answers.get(timeout=60)
    child.join(timeout=60)
    assert child.exitcode == 0


def test_stored_state_is_numpy_and_comes_back_as_jax(digits) -> None:
    for fitted in (vae(2, **SMALL).fit(digits), Autoencoder(**SMALL).partial_fit(digits)):
        stored = jax.tree.leaves(fitted.__getstate__())
        assert not any(isinstance(leaf, jax.Array) for leaf in stored)
        assert any(isinstance(leaf, np.ndarray) for leaf in stored)
        found = pickle.loads(pickle.dumps(fitted))
        assert all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(found.model_.encoder))
        assert np.array_equal(found.transform(digits), fitted.transform(digits))
        assert found.partial_fit(digits).n_epochs_ == 2


def test_what_a_model_file_cannot_hold_is_kept_as_the_sentence_says(digits, tmp_path) -> None:
    cloudpickle = pytest.importorskip("cloudpickle")
    fitted = Autoencoder(optimizer=optax.adam(1e-3), **SMALL).fit(digits)
    found = pickle.loads(cloudpickle.dumps(fitted))
    assert np.array_equal(found.transform(digits), fitted.transform(digits))
