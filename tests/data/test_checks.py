import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.data import check_finite
from isthmus.data.source import blocks
from isthmus.errors import DataError


@settings(max_examples=40, deadline=None)
@given(
    places=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 2)), min_size=1, unique=True),
    bad=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_bad_values_are_counted_and_the_first_is_found(places, bad):
    examples = np.ones((20, 3))
    examples[tuple(np.transpose(places))] = bad
    counts = f"{len(places)} missing and 0" if np.isnan(bad) else f"0 missing and {len(places)}"
    example, column = min(places)
    with pytest.raises(DataError) as caught:
        check_finite(examples, "table", "abc")
    assert f"table holds {counts} infinite values" in str(caught.value)
    assert f'at example {example}, column "{"abc"[column]}"' in str(caught.value)


def test_counting_goes_on_across_blocks(monkeypatch):
    examples = np.zeros((10, 2, 2), np.float32)
    examples[7, 1, 0] = examples[9, 0, 0] = np.nan
    monkeypatch.setattr("isthmus.data.checks.blocks", lambda x: blocks(x, values=8))
    with pytest.raises(DataError, match=r"2 missing .* at example 7, index 1, 0"):
        check_finite(examples, "images")


def test_finite_values_and_integers_pass():
    check_finite(np.zeros((3, 2)), "zeros")
    check_finite(np.zeros((3, 2), np.uint8), "bytes")
