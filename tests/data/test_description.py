import json

import numpy as np
import pytest

from isthmus.data import describe, open_source
from isthmus.data.source import blocks


def test_a_table_is_described():
    table = np.array([[1.5, np.nan], [-2.0, np.inf], [0.0, 4.0]])
    facts = describe(open_source(table, label=["b", "a", "b"]))
    assert facts == {
        "name": "the array",
        "kind": "table",
        "storage": "memory",
        "length": 3,
        "shape": [2],
        "image_shape": None,
        "dtype": "float64",
        "bytes": 48,
        "min": -2.0,
        "max": 4.0,
        "missing": 1,
        "infinite": 1,
        "features": None,
        "labels": {"classes": 2, "counts": {"a": 1, "b": 2}},
        "test": None,
        "columns": None,
        "notes": [],
    }


def test_it_can_be_written_as_json():
    facts = describe(open_source("digits"))
    assert json.loads(json.dumps(facts))["labels"]["counts"]["0"] == 178


def test_a_range_needs_finite_values():
    facts = describe(open_source(np.full((2, 2), np.nan)))
    assert (facts["min"], facts["max"], facts["missing"]) == (None, None, 4)


def test_an_array_file_is_read_in_blocks(tmp_path, monkeypatch):
    np.save(tmp_path / "a.npy", np.arange(5000, dtype=np.int32).reshape(1000, 5))
    source = open_source(tmp_path / "a.npy")
    lengths = []

    def small_blocks(examples):
        for start, block in blocks(examples, values=500):
            lengths.append(len(block))
            yield start, block

    monkeypatch.setattr("isthmus.data.description.blocks", small_blocks)
    facts = describe(source)
    assert (facts["min"], facts["max"], facts["storage"]) == (0, 4999, "file")
    assert lengths == [100] * 10


@pytest.mark.parametrize("values", [1, 7, 1000])
def test_blocks_cover_every_example_once(values):
    examples = np.arange(24).reshape(8, 3)
    starts, parts = zip(*blocks(examples, values=values), strict=True)
    np.testing.assert_array_equal(np.concatenate(parts), examples)
    assert [part[0, 0] // 3 for part in parts] == list(starts)
