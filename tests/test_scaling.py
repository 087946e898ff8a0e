"""Scaling: what comes back is what went in, and what "auto" makes of each kind of data."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from isthmus import scaling
from isthmus.errors import SettingError
from isthmus.scaling import KINDS, Scaling, choose

RANDOM = np.random.default_rng(0)
TABLE = RANDOM.normal([0, 100, -3], [1, 20, 0.01], (300, 3))
SKEWED = RANDOM.lognormal(0, 2, (400, 1))
PIXELS = RANDOM.integers(0, 256, (50, 64), np.uint8)

tables = arrays(
    np.float32,
    (6, 3),  # one shape, one program
    elements=st.floats(-1e4, 1e4, width=32) | st.sampled_from([0.0, 1.0, 1e-42, -1e-30]),
)


@pytest.mark.parametrize("kind", KINDS)
@given(x=tables, constant=st.booleans(), skewed=st.booleans())
def test_the_inverse_gives_back_what_was_scaled(kind, x, constant, skewed):
    if constant:
        x[:, 0] = x[0, 0]
    if skewed:
        x[:, 1] = np.arange(len(x)) ** 4
    chosen = choose(kind, x).scaling
    y = np.asarray(chosen(jnp.asarray(x)))
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    axis = None if kind == "range" else 0  # one range for all
    span = np.ptp(x.astype(np.float64), axis) + np.abs(x).max(axis)
    error = np.abs(chosen.inverse(jnp.asarray(y)) - x)
    assert (error <= 1e-5 * span + 1e-30).all()


@pytest.mark.parametrize(
    ("data", "image", "kind"),
    [
        pytest.param(PIXELS, False, "pixels", id="8-bit pixels"),
        pytest.param(PIXELS.astype(np.float64), False, "pixels", id="8-bit pixels as floats"),
        pytest.param(PIXELS[:, :4] // 2 + 100, True, "pixels", id="8-bit pixels of a small image"),
        pytest.param(PIXELS / 255, False, "unit", id="values within [0, 1]"),
        pytest.param(PIXELS % 2, False, "binary", id="bits"),
        pytest.param(PIXELS % 2 == 1, False, "binary", id="truth values"),
        pytest.param((PIXELS % 2).astype(float), True, "binary", id="bits of an image, as floats"),
        pytest.param(PIXELS // 16, False, "range", id="grey levels up to 15"),
        pytest.param(PIXELS * 100.0 - 7, True, "range", id="an image in units of its own"),
        pytest.param(TABLE, False, "standard", id="columns of different scales"),
        pytest.param(TABLE.astype(np.float32), False, "standard", id="the same, single precision"),
        pytest.param(TABLE.round().astype(int), False, "standard", id="whole numbers"),
        pytest.param(PIXELS[:, :3].astype(int), False, "standard", id="a few whole numbers"),
        pytest.param(PIXELS[:, :3], False, "pixels", id="a few bytes"),
        pytest.param(SKEWED, False, "standard", id="a skewed column"),
    ],
)
def test_auto_recognises_the_data(data, image, kind):
    assert choose("auto", data, image=image).kind == kind


def test_standard_columns_have_mean_zero_and_variance_one():
    y = np.asarray(choose("standard", TABLE).scaling(jnp.asarray(TABLE, jnp.float32)))
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=2e-3)  # -3 +- 0.01 has few digits left
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=2e-3)


@pytest.mark.parametrize("kind", ["standard", "minmax"])
def test_a_constant_column_is_only_centred_and_comes_back_exactly(kind):
    x = np.column_stack([TABLE[:, 0], np.full(300, 7.5)])
    scaling = choose(kind, x).scaling
    assert not np.asarray(scaling(jnp.asarray(x, jnp.float32)))[:, 1].any()
    assert float(scaling.inverse(jnp.asarray([[0.0, 1.0]]))[0, 1]) == 7.5


def test_auto_says_how_many_columns_are_constant():
    x = np.column_stack([TABLE[:, 0], np.full(300, 7.5)])
    assert choose("auto", x).describe().endswith("1 constant only centred")


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_beneath_single_precision_counts_as_constant(kind):
    x = np.arange(20.0)[:, None] ** 8 * [1e-50, 1.0]  # skewed, too
    y = np.asarray(choose(kind, x).scaling(jnp.asarray(x, jnp.float32)))
    assert np.isfinite(y).all()
    assert not y[:, 0].any()


def test_a_skewed_column_is_bent_and_an_even_one_is_not():
    from scipy.stats import skew

    x = np.column_stack([SKEWED[:300, 0], TABLE[:, 1]])
    choice = choose("auto", x)
    assert "1 skewed bent by asinh first" in choice.reason
    assert np.isfinite(choice.scaling.bend.spread.value).tolist() == [True, False]
    y = np.asarray(choice.scaling(jnp.asarray(x, jnp.float32)))
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-3)
    assert abs(skew(y[:, 0])) < 0.5 * abs(skew(x[:, 0]))


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("pixels", 0, 1), ("range", 0, 1), ("minmax", 0, 1)]
)
def test_ranges_end_where_they_say(kind, low, high):
    y = np.asarray(choose(kind, PIXELS).scaling(jnp.asarray(PIXELS)))
    np.testing.assert_allclose([y.min(), y.max()], [low, high], atol=1e-6)
    if kind == "minmax":
        np.testing.assert_allclose(y.min(axis=0), low, atol=1e-6)
        np.testing.assert_allclose(y.max(axis=0), high, atol=1e-6)


def test_bytes_are_scaled_as_floats():
    chosen = choose("pixels", PIXELS).scaling
    np.testing.assert_allclose(chosen(jnp.asarray(PIXELS)), PIXELS / 255, rtol=1e-6)


def test_far_codes_come_back_finite():
    chosen = choose("standard", SKEWED).scaling
    assert np.isfinite(chosen.inverse(jnp.asarray([[1e6], [-1e6]]))).all()


def test_of_a_long_table_an_even_sample_decides(monkeypatch):
    monkeypatch.setattr(scaling, "SAMPLE", 100)
    long = np.where(np.arange(300)[:, None] % 3 == 0, 0.5, TABLE)  # every third is looked at
    assert choose("auto", long).kind == "unit"
    assert choose("auto", long[1:]).kind == "standard"


def test_an_affine_scaling_is_what_it_says():
    halved = Scaling.create(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    np.testing.assert_allclose(halved(jnp.asarray([[3.0, 0.0]])), [[1.0, -0.5]])


def test_unknown_names_meet_the_nearest():
    with pytest.raises(SettingError, match="no scaling 'standart'; did you mean 'standard'"):
        choose("standart", TABLE)
