"""Entries that are hidden, and how well they are filled in."""

import numpy as np
import pandas as pd
import pytest

from isthmus import Autoencoder
from isthmus.estimators import diagnosed_imputation
from isthmus.estimators.diagnosis import examine


@pytest.fixture(scope="module")
def line():
    """Return rows on a line in four columns, a twentieth of the entries missing."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 1)) * [1.0, -2.0, 3.0, 0.5] + 0.05 * rng.normal(size=(300, 4))
    return np.where(rng.random(x.shape) < 0.05, np.nan, x)


def test_hidden_entries_are_compared_with_the_mean_and_regression(line):
    model = Autoencoder(1, epochs=40, random_state=0).fit(line)
    fit, _ = examine(model, line, None, line, None)
    found = fit.imputed
    assert found.regression.mean() < 0.1 < 0.5 < found.mean.mean()
    assert found.own.mean() < found.mean.mean()
    complete = np.nan_to_num(line)
    assert examine(model, complete, None, None, None)[0].imputed is None


def test_columns_of_one_level_are_hidden_together(line, monkeypatch):
    frame = pd.DataFrame(line, columns=list("abcd"))
    frame["kind"] = np.where(frame["a"] > 0.5, "u", np.where(frame["a"] > -0.5, "v", "w"))
    model = Autoencoder(1, hidden=(4,), epochs=2, random_state=0).fit(frame)
    seen = []

    def regressed(learned, holed):
        seen.append(np.isnan(holed[:, 4:7]))
        return np.zeros_like(holed)

    monkeypatch.setattr(diagnosed_imputation, "_regressed", regressed)
    examine(model, frame, None, None, None)
    assert seen[0].any()
    np.testing.assert_array_equal(seen[0].all(axis=1), seen[0].any(axis=1))
