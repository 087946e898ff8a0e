"""Records of JSON as people have them."""

import json

import pandas as pd
import pytest

from isthmus.errors import DataError

FRAME = pd.DataFrame({"size": [1.5, 2.5, 4.0], "kind": ["u", "v", "u"]})


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"orient": "split"},
        {"orient": "split", "index": False},
        {"orient": "records"},
        {"orient": "records", "indent": 1},
        {"orient": "records", "lines": True},
    ],
)
def test_what_pandas_writes_is_read(opened, how):
    assert opened(FRAME.to_json(**how), "t.json").examples[:].to_pydict() == FRAME.to_dict("list")


def test_values_of_several_types_are_one_column(opened):
    rows = [{"a": "n/a", "c": "yes"}, {"a": 1.5, "c": True}, {"a": 3}]
    table = opened("\n".join(map(json.dumps, rows)), "t.json").examples[:]
    assert table.to_pydict() == {"a": [None, 1.5, 3.0], "c": ["yes", "True", None]}


def test_objects_in_objects_are_columns(opened):
    rows = [{"id": "u", "at": {"zip": "07725", "in": {"x": 1}}}, {"id": "v", "at": {"zip": "1"}}]
    table = opened(json.dumps(rows), "t.json").examples[:]
    assert table.to_pydict() == {"id": ["u", "v"], "at.zip": ["07725", "1"], "at.in.x": [1, None]}


@pytest.mark.parametrize(
    "text", ["{", "[1, 2]", '{"columns": ["a"], "data": [[1, 2]]}', "3", '{"rows": [{"a": 1}]}']
)
def test_what_is_no_table_names_the_way_to_write_one(opened, text):
    with pytest.raises(DataError, match=r"by DataFrame\.to_json\(path, orient='records', lines=T"):
        opened(text, "t.json")
