"""What all specifications share: ranges of plain numbers, and parameters by name."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus import likelihoods
from isthmus.checks import check_between
from isthmus.corruption import Gaussian, Masking
from isthmus.errors import SettingError


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.25), np.int64(1)])
def test_numbers_within_the_range_pass(value):
    check_between("slot", "share", value, 0, 1)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "0.5", None, True, [0.5]])
def test_anything_else_is_named_with_the_range(value):
    with pytest.raises(SettingError) as caught:
        check_between("slot", "share", value, 0, 1)
    assert str(caught.value) == f"slot: share is {value!r}; it must be a number in [0, 1]."


def test_an_open_end_is_excluded_and_shown():
    with pytest.raises(SettingError, match=r"scale is 0; it must be a number in \(0, inf\]"):
        check_between("slot", "scale", 0, 0, float("inf"), open_low=True)


@pytest.mark.parametrize("value", [0, -1.0, 1e-30, 1e30, float("inf"), float("nan"), "1"])
@pytest.mark.parametrize("make", [
    likelihoods.Gaussian, likelihoods.LearnedGaussian, likelihoods.OptimalGaussian,
    likelihoods.Laplace, likelihoods.Huber,
])  # fmt: skip
def test_a_scale_is_a_number_whose_square_single_precision_holds(make, value):
    with pytest.raises(SettingError, match="scale is"):
        make(scale=value)


@pytest.mark.parametrize("scale", [1e-18, 1.0, 1e18])
def test_every_scale_that_is_taken_has_a_finite_likelihood(scale):
    assert np.isfinite(likelihoods.Gaussian(scale).floor(jnp.zeros((1, 3)))).all()


def test_traced_values_pass():
    assert float(jax.jit(lambda s: Gaussian(s).scale)(jnp.asarray(-1.0))) == -1.0


def test_parameters_of_nested_specifications_have_long_names():
    params = (Gaussian(0.1) + Masking(0.2)).get_params()
    assert params["first__scale"] == 0.1
    assert params["second__probability"] == 0.2
    assert set((Gaussian(0.1) + Masking(0.2)).get_params(deep=False)) == {"first", "second"}
