import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.data import split
from isthmus.errors import DataError

sizes = st.integers(3, 300)
fractions = st.floats(0, 0.33)


def together(parts):
    return np.concatenate([parts.train, parts.validation, parts.test])


@settings(max_examples=60, deadline=None)
@given(n=sizes, validation=fractions, test=fractions, seed=st.integers(0, 9), classes=st.data())
def test_parts_are_sorted_disjoint_complete_and_of_their_size(n, validation, test, seed, classes):
    labels = classes.draw(st.none() | st.lists(st.integers(0, 3), min_size=n, max_size=n))
    parts = split(n, labels=labels, validation=validation, test=test, seed=seed)
    assert sorted(together(parts)) == list(range(n))
    for part, fraction in ((parts.validation, validation), (parts.test, test)):
        assert len(part) == (max(1, round(n * fraction)) if fraction else 0)
        assert np.issubdtype(part.dtype, np.integer)
    assert all((np.diff(part) > 0).all() for part in (parts.train, parts.validation, parts.test))


@settings(max_examples=40, deadline=None)
@given(counts=st.lists(st.integers(1, 60), min_size=2, max_size=5), seed=st.integers(0, 9))
def test_every_class_gives_its_share(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    n = len(labels)
    if n < 5:
        return
    parts = split(n, labels=labels, validation=0.2, test=0.2, seed=seed)
    for part in (parts.validation, parts.test):
        found = np.bincount(labels[part], minlength=len(counts))
        np.testing.assert_allclose(found, np.array(counts) * len(part) / n, atol=1.5)


def test_strings_are_labels_too():
    labels = ["a"] * 50 + ["b"] * 50
    parts = split(100, labels=labels)
    assert [labels[i] for i in parts.test].count("a") == 5


def test_the_seed_decides():
    assert together(split(50, seed=1)).tolist() == together(split(50, seed=1)).tolist()
    assert together(split(50, seed=1)).tolist() != together(split(50, seed=2)).tolist()


def test_every_example_is_as_likely_to_be_tested():
    tested = np.zeros(20)
    for seed in range(400):
        tested[split(20, labels=[0] * 10 + [1] * 10, seed=seed).test] += 1
    np.testing.assert_allclose(tested / 400, 0.1, atol=0.07)


@pytest.mark.parametrize(
    ("n", "options", "sentence"),
    [
        (0, {}, "Splitting 0 examples"),
        (2, {}, "leaves none for training"),
        (10, {"validation": 0.5, "test": 0.5}, "leaves none"),
        (10, {"validation": -0.1}, "validation fraction is -0.1"),
        (10, {"test": 1.0}, "test fraction is 1.0"),
        (10, {"test": float("nan")}, "test fraction is nan"),
        (10, {"seed": -1}, "seed is -1"),
        (10, {"labels": [1, 2]}, "10 examples but 2 labels"),
    ],
)
def test_an_impossible_split_is_refused(n, options, sentence):
    with pytest.raises(DataError, match=sentence):
        split(n, **options)


def test_one_example_can_be_kept_for_training():
    assert split(1, validation=0, test=0).train.tolist() == [0]
