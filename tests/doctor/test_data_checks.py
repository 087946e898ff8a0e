"""Every check of data names what was planted, and is silent on what is clean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

from isthmus.doctor import Data, Plan, examine_data
from isthmus.doctor.data import TableFacts
from isthmus.doctor.data_checks import DATA_CHECKS

WINE, KINDS = datasets.load_wine(return_X_y=True)
DIGITS = datasets.load_digits().data[:600]


def rng(seed=0):
    return np.random.default_rng(seed)


def changed(x, rows, columns, value):
    x = np.array(x, float)
    x[rows, columns] = value
    return x


def beside(column):
    return np.column_stack([WINE, column])


def negatives():
    x = DIGITS.copy()
    x[::4] = 16 - x[::4]
    return x


def mixed():
    x = DIGITS.copy()
    x[::2] /= 255
    return x


def blank():
    x = DIGITS.copy()
    x[::20] = 3
    return x


def counts():
    return rng().negative_binomial(1, 0.05, size=(200, 6)).astype(float)


PLANTED = {
    "repeated-rows": lambda: Data(np.repeat(rng().normal(size=(60, 8)), 4, axis=0)),
    "missing-values": lambda: Data(changed(WINE, slice(0, 178, 9), 2, np.nan)),
    "near-duplicates": lambda: Data(
        np.concatenate([WINE, WINE[:40] * (1 + 1e-4 * rng().normal(size=(40, 13)))])
    ),
    "label-columns": lambda: Data(beside(KINDS), KINDS),
    "doubtful-columns": lambda: Data(
        WINE, table=TableFacts(doubts=[('column "a" is mostly numbers', "Drop it.")])
    ),
    "left-out-columns": lambda: Data(WINE, table=TableFacts(left_out={"id": "identifier"})),
    "time-order": lambda: Data(WINE, table=TableFacts(times={"day": np.arange(178.0)})),
    "mixed-units": lambda: Data(changed(WINE, slice(0, 178, 3), 0, WINE[::3, 0] / 100)),
    "identifier-columns": lambda: Data(beside(rng().permutation(178))),
    "constant-columns": lambda: Data(beside(np.ones(178))),
    "duplicate-columns": lambda: Data(beside(3 - 2 * WINE[:, 5])),
    "one-hot-columns": lambda: Data(beside(np.eye(3)[KINDS])),
    "dominant-columns": lambda: Data(WINE, plan=Plan(scaling="none")),
    "header-row": lambda: Data(np.vstack([np.arange(13), WINE])),
    "extreme-values": lambda: Data(changed(WINE, 3, 2, 1e6), plan=Plan(scaling="minmax")),
    "placeholder-values": lambda: Data(changed(WINE, slice(0, 178, 20), 2, -999)),
    "row-order": lambda: Data(np.cumsum(rng().normal(size=(400, 4)), axis=0)),
    "sorted-labels": lambda: Data(WINE, KINDS),
    "mixed-polarity": lambda: Data(negatives(), image_shape=(8, 8, 1)),
    "mixed-ranges": lambda: Data(mixed(), image_shape=(8, 8, 1)),
    "blank-images": lambda: Data(blank(), image_shape=(8, 8, 1)),
    "image-shape": lambda: Data(DIGITS, image_shape=(4, 16, 1)),
    "count-data": lambda: Data(counts(), plan=Plan(likelihood="gaussian")),
    "fractional-counts": lambda: Data(WINE, plan=Plan(likelihood="poisson", scaling="none")),
    "grey-bits": lambda: Data(WINE, plan=Plan(likelihood="bernoulli", scaling="minmax")),
    "gaussian-bits": lambda: Data(
        (WINE.mean(axis=0) < WINE).astype(float), plan=Plan(likelihood="gaussian", stochastic=True)
    ),
    "too-few-examples": lambda: Data(WINE[:10], plan=Plan(latent_dim=9)),
    "copying": lambda: Data(WINE, plan=Plan(latent_dim=13)),
    "batch-size": lambda: Data(WINE, plan=Plan(batch_size=179)),
    "parts-differ": lambda: Data(WINE[::2], test=WINE[1::2, ::-1]),
}


def test_every_check_has_a_planted_mistake():
    assert set(PLANTED) == {check.__name__.replace("_", "-") for check in DATA_CHECKS}


@pytest.mark.parametrize("check", PLANTED)
def test_a_planted_mistake_is_named(check):
    found = {one.check: one for one in examine_data(PLANTED[check]())}
    assert check in found
    assert found[check].words().endswith(".")


def test_numbers_of_a_table_are_looked_at_in_their_own_units():
    heights = np.round(rng().normal(170, 8, 178), 1)
    numbers = {
        "height": heights,
        "inches": np.round(heights / 2.54, 1),
        "age": np.where(rng().random(178) < 0.05, -1.0, 20 + 50 * rng().random(178)),
        "pressure": np.where(rng().random(178) < 0.05, 0.0, rng().normal(80, 9, 178)),
        "income": changed(WINE, 3, 0, 1e12)[:, 0],
    }
    found = {one.check: one for one in examine_data(Data(WINE, table=TableFacts(numbers=numbers)))}
    assert found["duplicate-columns"].evidence["columns"] == [1]
    assert found["placeholder-values"].evidence["columns"] == [2, 3]
    assert '"income" holds 1e+12' in found["extreme-values"].sentence


def test_a_column_that_parts_the_classes_widely_may_be_the_label():
    noisy = np.where(KINDS > 0, KINDS, 0.0) + 0.05 * rng().normal(size=178)
    (found,) = examine_data(Data(beside(noisy), KINDS))[:1]
    assert (found.check, found.severity) == ("label-columns", "look")


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_bundled_tables_raise_no_alarm(name):
    bunch = getattr(datasets, f"load_{name}")()
    found = examine_data(Data(bunch.data, bunch.target, list(bunch.feature_names)))
    assert [one for one in found if one.severity != "note"] == []


def test_digits_raise_no_alarm():
    found = examine_data(Data(DIGITS, image_shape=(8, 8, 1)))
    assert [one for one in found if one.severity != "note"] == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 300), st.integers(2, 12), st.sampled_from("nlub"))
def test_independent_rows_raise_no_alarm(seed, n, width, kind):
    random = rng(seed)
    draws = {
        "n": lambda: random.normal(size=(n, width)),
        "l": lambda: random.lognormal(size=(n, width)),
        "u": lambda: random.random((n, width)),
        "b": lambda: (random.random((n, width)) < random.random(width)).astype(float),
    }
    found = examine_data(Data(draws[kind]()))
    assert [one for one in found if one.severity != "note"] == []


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.5), st.sampled_from([2, 5, 30]))
def test_copies_of_real_rows_are_always_found(seed, share, width):
    x = rng(seed).normal(size=(200, width))
    again = rng(seed + 1).choice(200, max(2, round(share * 200)), replace=False)
    found = examine_data(Data(rng(seed).permutation(np.concatenate([x, x[again]]))))
    assert "repeated-rows" in {one.check for one in found if one.severity != "note"}


def test_missing_values_are_no_finding_of_their_own():
    x = np.where(rng().random(WINE.shape) < 0.1, np.nan, WINE)
    x[3], x[:, 5] = np.nan, np.nan
    masked = Data(x, plan=Plan(masked=True))
    assert [one for one in examine_data(masked) if one.severity != "note"] == []
    x[0, 0] = np.inf
    assert "infinite" in next(iter(examine_data(masked))).sentence
