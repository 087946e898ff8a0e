"""Measures of a map against scikit-learn's, plain loops, and maps that are known."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness

from isthmus.errors import SettingError
from isthmus.evaluation import map_quality, maps, nearest_neighbours, neighbours
from isthmus.evaluation.neighbours import on_principal_axes, search_neighbours

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 6))
CODES = X[:, :2] + 0.3 * RNG.normal(size=(80, 2))


@given(k=st.integers(1, 30), seed=st.integers(0, 99))
@settings(max_examples=10)
def test_trustworthiness_is_scikit_learns_and_continuity_its_mirror(k, seed):
    codes = CODES + np.random.default_rng(seed).normal(size=CODES.shape)
    found = map_quality(X, codes, neighbours=k)
    assert found.trustworthiness == pytest.approx(trustworthiness(X, codes, n_neighbors=k))
    assert found.continuity == pytest.approx(trustworthiness(codes, X, n_neighbors=k))


def test_hits_by_hand():
    there, here = nearest_neighbours(X, 7), nearest_neighbours(CODES, 7)
    shared = [len(set(a) & set(b)) / 7 for a, b in zip(there, here, strict=True)]
    assert map_quality(X, CODES, neighbours=7).hits == pytest.approx(np.mean(shared))


def test_blocks_do_not_matter(monkeypatch):
    whole = map_quality(X, CODES)
    monkeypatch.setattr(maps, "BLOCK", 7 * 80)
    assert map_quality(X, CODES) == whole


def test_a_map_that_keeps_all_distances_is_perfect_and_noise_is_not():
    turned = X @ np.linalg.qr(RNG.normal(size=(6, 6)))[0] * 5 + 1
    assert map_quality(X, turned)[:4] == pytest.approx((1, 1, 1, 1))
    noise = map_quality(X, RNG.normal(size=(80, 2)))
    assert noise.hits == pytest.approx(12 / 79, abs=0.05)
    assert abs(noise.distance_correlation) < 0.2
    assert map_quality(X, np.zeros((80, 2))).distance_correlation == 0


def test_a_sample_stands_for_many():
    found = map_quality(X, CODES, most=50, seed=1)
    assert found.examples == 50
    assert found == map_quality(X, CODES, most=50, seed=1)
    assert found != map_quality(X, CODES, most=50, seed=2)


def test_too_many_neighbours_or_too_few_codes_are_told():
    with pytest.raises(SettingError, match="less than half of the 80 examples"):
        map_quality(X, CODES, neighbours=40)
    with pytest.raises(SettingError, match="80 examples and 79 codes"):
        map_quality(X, CODES[1:])


def test_neighbours_are_the_nearest_others():
    distances = np.linalg.norm(X[:, None] - X, axis=-1) + np.diag([np.inf] * 80)
    np.testing.assert_array_equal(nearest_neighbours(X, 5), np.argsort(distances, axis=1)[:, :5])


def test_an_example_that_occurs_twice_is_not_its_own_neighbour():
    twice = np.concatenate([X[:5], X[:5]])
    found = nearest_neighbours(twice, 3)
    assert not (found == np.arange(10)[:, None]).any()
    np.testing.assert_array_equal(found[:, 0], (np.arange(10) + 5) % 10)


def test_all_principal_axes_keep_all_distances():
    axes = on_principal_axes(X.astype(np.float32))
    np.testing.assert_array_equal(nearest_neighbours(axes, 5), nearest_neighbours(X, 5))
    assert on_principal_axes(X, 3).shape == (80, 3)


def test_many_examples_need_the_approximate_search(monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT", 50)
    monkeypatch.setitem(sys.modules, "pynndescent", None)
    with pytest.raises(SettingError, match=r"80 examples are too many .*isthmus\[map\]"):
        search_neighbours(X, 5)


def test_the_approximate_search_leaves_each_example_out_of_its_own_neighbours(monkeypatch):
    """A stand-in for the package, which compiles for minutes: some rows do not find themselves."""

    class Search:
        def __init__(self, x, n_neighbors, random_state):
            with_itself = np.column_stack([np.arange(len(x)), nearest_neighbours(x, n_neighbors)])
            with_itself[::2, :-1] = with_itself[::2, 1:]
            self.neighbor_graph = with_itself[:, :n_neighbors], None

    monkeypatch.setattr(neighbours, "EXACT", 50)
    monkeypatch.setitem(sys.modules, "pynndescent", SimpleNamespace(NNDescent=Search))
    np.testing.assert_array_equal(search_neighbours(X, 5), nearest_neighbours(X, 5))
