import contextlib
import csv
import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from isthmus.data import open_source
from isthmus.data.table_rows import TableRows
from isthmus.data.tables import matrix_of
from isthmus.errors import DataError

numbers = st.floats(width=64, allow_infinity=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("csv")


@pytest.fixture
def opened(tmp_path):
    """Open text as if it were the content of table.csv."""

    def open_text(text, **options):
        path = tmp_path / "table.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_source(path, **options)

    return open_text


@settings(max_examples=40, deadline=None)
@given(
    array=hnp.arrays("f8", hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=numbers),
    delimiter=st.sampled_from(",;\t"),
    compressed=st.booleans(),
)
def test_a_written_table_is_read(folder, array, delimiter, compressed):
    path = folder / ("t.csv.gz" if compressed else "t.csv")
    names = [f"column {i}" for i in range(array.shape[1])]
    with (gzip.open if compressed else open)(path, "wt", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(names)
        writer.writerows(array.tolist())
    source = open_source(path)
    read = source.examples
    if isinstance(read, TableRows):  # a column holds nothing
        read = matrix_of(read.table, "t.csv")
    np.testing.assert_array_equal(read.astype(float), array)
    assert source.feature_names == tuple(names)


@settings(max_examples=80, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=80),
        st.text(alphabet='01.e-,;\t"\n\rxNA ', max_size=60).map(str.encode),
    )
)
def test_random_text_is_read_or_refused(folder, content):
    path = folder / "fuzz.csv"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        open_source(path)


@pytest.mark.parametrize("header", ["a,b,c\n", "", "\ufeffa,b,c\n", "c,1,2\n"])
def test_a_header_is_recognised(opened, header):
    source = opened(header + "5,1,2\n6,3,4\n")
    np.testing.assert_array_equal(source.examples, [[5, 1, 2], [6, 3, 4]])
    expected = header.strip("\ufeff\n").split(",") if header else ["x0", "x1", "x2"]
    assert list(source.feature_names) == expected


def test_truth_values_are_no_header(opened):
    np.testing.assert_array_equal(opened("true,False\nfalse,True\n").examples, [[1, 0], [0, 1]])


def test_text_without_a_header_keeps_its_first_row(opened):
    source = opened("5.1,3.5,setosa\n4.9,3.0,virginica\n", label=-1)
    assert source.examples.shape == (2, 2)
    assert source.labels.tolist() == ["setosa", "virginica"]


def test_column_numbers_written_by_pandas_are_a_header(tmp_path):
    pd.DataFrame(np.eye(4)).to_csv(tmp_path / "a.csv", index=False)
    np.testing.assert_array_equal(open_source(tmp_path / "a.csv").examples, np.eye(4))


def test_row_numbers_written_by_pandas_are_left_out(tmp_path):
    pd.DataFrame(np.eye(4), columns=list("abcd")).to_csv(tmp_path / "a.csv")
    source = open_source(tmp_path / "a.csv")
    np.testing.assert_array_equal(source.examples, np.eye(4))
    assert source.feature_names == tuple("abcd")


def test_an_unnamed_column_that_counts_nothing_stays(opened):
    source = opened(",a\n3,1\n9,2\n")
    np.testing.assert_array_equal(source.examples, [[3, 1], [9, 2]])


@pytest.mark.parametrize("missing", ["", "NA", "nan", "null", "?"])
def test_missing_values_become_nan(opened, missing):
    source = opened(f"a,b\n1,{missing}\n2,3\n")
    np.testing.assert_array_equal(source.examples, [[1, np.nan], [2, 3]])


def test_types_stay_as_narrow_as_they_are(opened):
    assert opened("a,b\n1,2\n").examples.dtype == np.int64
    assert opened("a,b\ntrue,false\n").examples.dtype == np.uint8


def test_an_integer_column_may_turn_real_late(opened):
    source = opened("a\n" + "1\n" * 300_000 + "0.5\n")
    assert source.examples[-1, 0] == 0.5


@pytest.mark.parametrize("label", ["kind", "1", 1, -2])
def test_labels_by_name_or_number(opened, label):
    source = opened("a,kind,b\n1,x,2\n3,y,4\n", label=label)
    assert source.labels.tolist() == ["x", "y"]
    assert source.feature_names == ("a", "b")
    np.testing.assert_array_equal(source.examples, [[1, 2], [3, 4]])


def test_a_name_goes_before_a_number(opened):
    assert opened("a,0\n1,5\n3,6\n", label="0").labels.tolist() == [5, 6]


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("a,b\n1,2\n3\n", {}, "Row 3 of table.csv, .* has 1 entries, but expected 2"),
        ("1,2\n3,4,5\n", {}, "Row 2 of table.csv, .* has 3 entries, but expected 2"),
        ("a,b\n", {}, "has 2 columns and no rows"),
        ("", {}, "table.csv is empty"),
        ("\n\n", {}, "table.csv is empty"),
        ("a,kind\n1,2\n", {"label": "knid"}, 'no column "knid".*did you mean "kind"'),
        ("a,b\n1,2\n", {"label": 2}, "no label column 2"),
        ("a,b\n1,2\n", {"label": -3}, "no label column -3"),
        ("a\n1\n", {"label": "a"}, "no column besides the labels"),
        ("a,b\n1,2\n", {"array": "a"}, "npz"),
    ],
)
def test_a_bad_table_is_refused(opened, text, options, sentence):
    with pytest.raises(DataError, match=sentence):
        opened(text, **options)


def test_damaged_compression_is_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20])
    with pytest.raises(DataError, match=r"a\.csv\.gz"):
        open_source(path)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\x03\x04..", "a workbook"),
        (b"\n<html>Log in", "a web page"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path, start, kind):
    (tmp_path / "t.csv").write_bytes(start + b"a,b\n1,2\n" * 9)
    with pytest.raises(DataError, match=f"t.csv is {kind}"):
        open_source(tmp_path / "t.csv")
