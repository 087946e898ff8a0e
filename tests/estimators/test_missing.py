"""Missing entries: NaN in, imputed out, under a masked likelihood alone."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import isthmus
from isthmus.errors import DataError, SettingError
from isthmus.likelihoods import Bernoulli, Categorical, Columns, Gaussian, Masked, Poisson
from isthmus.scaling import KINDS, choose

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(300, 2))
TABLE = 5 + 2 * CODES @ RNG.normal(size=(2, 6)) + 0.1 * RNG.normal(size=(300, 6))
MISSING = RNG.random(TABLE.shape) < 0.2
HOLED = np.where(MISSING, np.nan, TABLE)
SMALL = {"hidden": (16,), "random_state": 0, "validation_fraction": 0.0}


@pytest.fixture(scope="module")
def fitted():
    return isthmus.Autoencoder(2, likelihood="masked", epochs=60, **SMALL).fit(HOLED)


def test_imputing_leaves_what_is_observed_and_beats_the_mean(fitted):
    filled = fitted.impute(HOLED)
    assert filled.dtype == np.float64
    np.testing.assert_array_equal(filled[~MISSING], HOLED[~MISSING])
    column_means = np.broadcast_to(np.nanmean(HOLED, axis=0), TABLE.shape)
    error, plain = (
        np.square(one[MISSING] - TABLE[MISSING]).mean() for one in (filled, column_means)
    )
    assert error < 0.3 * plain


def test_imputed_entries_are_the_mean_reconstruction_in_the_type_given(fitted):
    back = fitted.reconstruct(HOLED)
    np.testing.assert_array_equal(fitted.impute(HOLED)[MISSING], back[MISSING])
    single = fitted.impute(HOLED.astype(np.float32))
    assert single.dtype == np.float32
    frame = pd.DataFrame(HOLED, columns=[f"c{j}" for j in range(6)])
    named = isthmus.Autoencoder(2, likelihood="masked", epochs=1, **SMALL).fit(frame)
    np.testing.assert_array_equal(named.impute(frame)[~MISSING], HOLED[~MISSING])


def test_the_encoder_sees_a_missing_entry_as_zero_in_scaled_space(fitted):
    scaled = fitted.scale(HOLED)
    assert (scaled[MISSING] == 0).all()
    filled = fitted.unscale(scaled)
    np.testing.assert_allclose(fitted.transform(HOLED), fitted.transform(filled), atol=1e-4)


@pytest.mark.parametrize("kind", [*KINDS, "auto"])
def test_scaling_is_that_of_the_observed_entries(kind):
    known = np.sort(np.abs(RNG.normal(size=(40, 3))), axis=0)
    x = np.full((55, 3), np.nan)
    for j in range(3):
        x[RNG.permutation(55)[:40], j] = known[:, j]
    with_holes, without = choose(kind, x), choose(kind, known)
    assert with_holes.describe() == without.describe()
    for name in ("shift", "scale", "inverse_scale"):
        one, other = (getattr(c.scaling, name).value for c in (with_holes, without))
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_bounded_columns_are_left_as_they_are_and_the_others_standardised():
    skewed = np.exp(3 * RNG.normal(size=(200, 1)))
    counts, bits = RNG.poisson(4.0, size=(200, 1)), RNG.integers(2, size=(200, 1))
    x = np.c_[counts, 100 + RNG.normal(size=(200, 1)), bits, skewed].astype(np.float32)
    left = np.array([True, False, True, False])
    choice = choose("auto", x, left=left)
    assert "1 skewed" in choice.reason
    assert "2 left as they are" in choice.reason
    scaled = np.asarray(choice.scaling(jnp.asarray(x)))
    np.testing.assert_array_equal(scaled[:, left], x[:, left])
    np.testing.assert_allclose(scaled[:, ~left].mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(scaled[:, ~left].std(0), 1, atol=1e-3)
    np.testing.assert_allclose(choice.scaling.inverse(jnp.asarray(scaled)), x, rtol=1e-3, atol=1e-3)
    assert choose("auto", x, left=np.ones(4, bool)).kind == "none"


def test_a_table_of_four_kinds_is_fitted_filled_and_kept(tmp_path):
    z = CODES[:, 0]
    classes = np.eye(3)[np.digitize(z, [-0.5, 0.5])]
    real = z[:, None] * [10, -2, 1] + [3, 0, 0] + 0.1 * RNG.normal(size=(300, 3))
    table = np.c_[z > 0, classes, real, RNG.poisson(np.exp(1 + z))]
    groups = (4, 5, 6), (0,), (1, 2, 3), (7,)
    likelihood = Columns((Gaussian(), Bernoulli(), Categorical((3,)), Poisson()), groups)
    holes = RNG.random(table.shape) < 0.15
    holed = np.where(holes, np.nan, table)
    settings = {"likelihood": Masked(likelihood), "epochs": 100, **SMALL}
    fitted = isthmus.Autoencoder(1, **settings).fit(holed)
    assert "5 left as they are" in fitted.scaling_.describe()
    back = fitted.impute(holed)
    np.testing.assert_allclose(fitted.reconstruct(holed)[:, 1:4].sum(1), 1, rtol=1e-5)
    means = np.broadcast_to(np.nanmean(holed, axis=0), table.shape)
    for group in groups:
        where = holes & np.isin(np.arange(8), group)
        error, plain = (np.square((one - table)[where]).mean() for one in (back, means))
        assert error < 0.8 * plain
    again = isthmus.load(fitted.save(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(again.impute(holed), back)
    assert again.likelihood == fitted.likelihood


def test_measures_are_of_observed_entries(fitted):
    back, scaled = fitted.reconstruct(HOLED), fitted.scale(HOLED)
    measured = fitted.measure(HOLED)
    squares = np.where(MISSING, 0, np.square(back - HOLED))
    assert measured["mse_input"] == pytest.approx(squares.sum() / (~MISSING).sum(), rel=1e-4)
    np.testing.assert_allclose(
        measured["column_mse_input"], squares.sum(0) / (~MISSING).sum(0), rtol=1e-4
    )
    rows = np.square(fitted.scale(back) - np.where(MISSING, fitted.scale(back), scaled))
    errors = rows.sum(1) / np.maximum((~MISSING).sum(1), 1)
    np.testing.assert_allclose(measured["errors"], errors, rtol=1e-3, atol=1e-6)


def test_missing_entries_need_a_masked_likelihood(fitted):
    plain = isthmus.Autoencoder(2, epochs=1, **SMALL)
    plain.fit(TABLE)
    with pytest.raises(DataError, match="missing"):
        plain.set_params(likelihood="masked").transform(HOLED)
    with pytest.raises(SettingError, match="likelihood='masked'"):
        plain.impute(TABLE)
    with pytest.raises(DataError, match="0 missing and 1 infinite"):
        fitted.transform(np.where(np.arange(1800).reshape(300, 6) == 7, np.inf, HOLED))
    nothing = HOLED.copy()
    nothing[:, 4] = np.nan
    with pytest.raises(DataError, match="missing values only at index 4"):
        isthmus.Autoencoder(2, likelihood="masked", **SMALL).fit(nothing)
    assert np.isfinite(fitted.impute(nothing)).all()


def test_scikit_learn_is_told():
    tags = [isthmus.Autoencoder(likelihood=one).__sklearn_tags__() for one in ("auto", "gaussian")]
    assert [tag.input_tags.allow_nan for tag in tags] == [True, False]
