"""Corruptions: their statistics, their order, their randomness, and traced hyperparameters."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus import corruption
from isthmus.corruption import (
    MEMBERS,
    BinarisedGaussian,
    BitFlips,
    Composed,
    Gaussian,
    Masking,
    SaltAndPepper,
)
from isthmus.errors import SettingError

KEY = jax.random.key(7)
ZERO = [Gaussian(0.0), Masking(0.0), SaltAndPepper(0.0), BitFlips(0), BinarisedGaussian(0.0)]


@pytest.fixture(scope="module")
def bits():
    return jnp.asarray(np.random.default_rng(0).integers(0, 2, (40, 500)), jnp.float32)


@pytest.mark.parametrize("name", MEMBERS)
def test_same_key_same_bits_other_key_others(name, bits):
    corrupt = {"binarised_gaussian": BinarisedGaussian(0.5)}.get(name, MEMBERS[name]())
    corrupt = corrupt.create((20, 25, 1))
    once, again, other = corrupt(KEY, bits), corrupt(KEY, bits), corrupt(jax.random.key(8), bits)
    assert once.shape == bits.shape
    assert once.dtype == bits.dtype
    assert jnp.array_equal(once, again)
    assert not jnp.array_equal(once, other)


@pytest.mark.parametrize("corrupt", ZERO, ids=repr)
def test_no_noise_leaves_bits_alone(corrupt, bits):
    assert jnp.array_equal(corrupt(KEY, bits), bits)


@given(
    count=st.integers(0, 40), features=st.sampled_from([1, 6, 35]), seed=st.integers(0, 2**31 - 1)
)
def test_bit_flips_are_exact_in_every_row(count, features, seed):
    x = np.random.default_rng(seed).integers(0, 2, (3, features)).astype(np.float32)
    flipped = np.asarray(BitFlips(count)(jax.random.key(seed), jnp.asarray(x)))
    assert ((flipped != x).sum(axis=1) == min(count, features)).all()
    np.testing.assert_array_equal(np.where(flipped != x, 1 - x, x), flipped)


def test_bit_flips_hit_every_place_alike():
    flipped = BitFlips(3)(KEY, jnp.zeros((8000, 10)))
    share = flipped.mean(axis=0)
    assert np.abs(share - 0.3).max() < 5 * np.sqrt(0.3 * 0.7 / 8000)


def test_gaussian_noise_has_the_scale_and_no_mean():
    noise = np.asarray(Gaussian(0.3)(KEY, jnp.full((100, 400), 2.0))) - 2.0
    assert abs(noise.mean()) < 5 * 0.3 / np.sqrt(noise.size)
    assert noise.std() == pytest.approx(0.3, rel=0.02)


def test_masking_masks_the_share_and_leaves_the_rest():
    x = jnp.full((100, 400), 2.0)
    masked = np.asarray(Masking(0.25)(KEY, x))
    assert set(np.unique(masked)) == {0.0, 2.0}
    assert (masked == 0).mean() == pytest.approx(0.25, abs=0.01)


def test_masking_with_certainty_masks_everything(bits):
    assert not Masking(1.0)(KEY, bits).any()


def test_salt_and_pepper_splits_its_share_evenly():
    x = jnp.full((100, 400), 0.5).at[0, 0].set(-1.0).at[0, 1].set(3.0)
    spotted = np.asarray(SaltAndPepper(0.2)(KEY, x))
    assert set(np.unique(spotted)) == {-1.0, 0.5, 3.0}
    assert (spotted == -1.0).mean() == pytest.approx(0.1, abs=0.01)
    assert (spotted == 3.0).mean() == pytest.approx(0.1, abs=0.01)


def test_salt_and_pepper_with_certainty_leaves_nothing(monkeypatch):
    x = jnp.asarray([[0.0, 0.5, 0.5, 0.5, 1.0]])
    ends = jnp.asarray([[0.0, 0.25, 0.5, 0.75, 0.999]])  # one half exactly, too
    monkeypatch.setattr(corruption.noise.jax.random, "uniform", lambda key, shape: ends)
    assert SaltAndPepper(1.0)(KEY, x).tolist() == [[0.0, 0.0, 1.0, 1.0, 1.0]]


def test_binarised_noise_crosses_one_half_as_often_as_the_normal_says():
    from scipy.stats import norm

    noisy = np.asarray(BinarisedGaussian(0.4)(KEY, jnp.full((100, 400), 0.3)))
    assert set(np.unique(noisy)) == {0.0, 1.0}
    assert noisy.mean() == pytest.approx(norm.sf(0.5, 0.3, 0.4), abs=0.01)


def test_composition_applies_the_first_first():
    x = jnp.ones((4, 5))
    assert not (Gaussian(1.0) + Masking(1.0))(KEY, x).any()
    assert (Masking(1.0) + BitFlips(5))(KEY, x).all()
    assert not (BitFlips(5) + Masking(0.0))(KEY, x).any()


def test_composition_gives_each_its_own_randomness_and_nests(bits):
    twice = Gaussian(1.0) + Gaussian(1.0)
    noise = np.asarray(twice(KEY, jnp.zeros((100, 400))))
    assert noise.std() == pytest.approx(np.sqrt(2), rel=0.02)  # 2 if both drew the same
    three = twice + Masking(1.0)
    assert isinstance(three.first, Composed)
    assert not three(KEY, bits).any()


@pytest.mark.parametrize(
    ("make", "values"),
    [(Gaussian, (0.1, 0.9)), (Masking, (0.2, 0.7)), (SaltAndPepper, (0.2, 0.7)),
     (BitFlips, (1.0, 4.0)), (BinarisedGaussian, (0.1, 0.9))],
)  # fmt: skip
def test_hyperparameters_are_traced(make, values):
    x = jnp.asarray(np.random.default_rng(1).random((3, 6)), jnp.float32)
    traces = []

    @jax.jit
    def apply(value):
        traces.append(value)
        return make(value)(KEY, x)

    one_by_one = jnp.stack([apply(jnp.asarray(value)) for value in values])
    together = jax.vmap(lambda value: make(value)(KEY, x))(jnp.asarray(values))
    assert len(traces) == 1
    np.testing.assert_allclose(one_by_one, together, rtol=1e-6)
    np.testing.assert_allclose(one_by_one[0], make(values[0])(KEY, x), rtol=1e-6)
    assert not jnp.array_equal(one_by_one[0], one_by_one[1])


@pytest.mark.parametrize(
    ("make", "value"),
    [(Gaussian, -0.1), (Gaussian, float("nan")), (Masking, 1.5), (Masking, -1),
     (SaltAndPepper, 2), (BitFlips, -1), (BitFlips, 1.5), (BinarisedGaussian, -1)],
)  # fmt: skip
def test_impossible_settings_are_refused_by_name(make, value):
    with pytest.raises(
        SettingError, match=rf"corruption {make.__name__}: .* is {value!r}; it must"
    ):
        make(value)
