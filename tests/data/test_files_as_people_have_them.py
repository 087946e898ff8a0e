"""Text tables of every make, and what is said of them."""

import bz2
import gzip
import io
import lzma
import zipfile

import numpy as np
import pytest

from isthmus.data.dialect import has_header
from isthmus.errors import DataError, SettingError


def _columns(source):
    rows = source.examples[:]
    if isinstance(rows, np.ndarray):
        return dict(zip(source.feature_names, rows.T.tolist(), strict=True))
    return rows.to_pydict()


@pytest.mark.parametrize(
    ("content", "columns", "said"),
    [
        ("n;x\nu;1,5\nv;2,25\n", {"n": ["u", "v"], "x": [1.5, 2.25]}, "semicolons; decimal comma"),
        ("größe;x\n1;2\n".encode("latin-1"), {"größe": [1], "x": [2]}, "encoding cp1252"),
        ("a,b\n1,2\n".encode("utf-16"), {"a": [1], "b": [2]}, "encoding utf-16"),
        ("\ufeffa,b\n1,2\n", {"a": [1], "b": [2]}, ""),
        ("# remark\n# x y\n1.5   2\n3  4\n", {"x": [1.5, 3], "y": [2, 4]}, "parted by spaces"),
        ("% remark\na,b\n1,2\n", {"a": [1], "b": [2]}, "begin with % left out"),
        ("x y\n1 2\n3 4\n", {"x": [1, 3], "y": [2, 4]}, "parted by spaces"),
        ("a|b\n1|2\n", {"a": [1], "b": [2]}, "parted by bars"),
        ("t,v\ns,m/s\n1,2\n3,4\n5,6\n", {"t": [1, 3, 5], "v": [2, 4, 6]}, "a row of units"),
        ('a,b\n"1,234",2\n"12",4\n', {"a": [1234, 12], "b": [2, 4]}, "thousands separators in a"),
        ("a;b\n1.234,5;2\n7,25;4\n", {"a": [1234.5, 7.25], "b": [2, 4]}, "decimal comma"),
        ("Exported\n\na,b\n1,2\n3,4\n", {"a": [1, 3], "b": [2, 4]}, "1 line before the table"),
        ("a, b\n1, x\n , y \n", {"a": [1, None], "b": ["x", "y"]}, ""),
        (",n,m\n1,u,w\n2,v,w\n", {"n": ["u", "v"], "m": ["w", "w"]}, "numbers the rows"),
        ("#,n\n1,u\n2,v\n", {"#": [1, 2], "n": ["u", "v"]}, ""),
        ('a,b\n1,"two\nlines"\n', {"a": [1], "b": ["two\nlines"]}, ""),
    ],
)
def test_a_text_table_is_read_as_it_is_written(opened, content, columns, said):
    source = opened(content)
    assert _columns(source) == columns
    assert said in " ".join(source.notes)
    assert bool(source.notes) == bool(said)


def test_bytes_that_are_no_utf8_past_the_start_are_read(opened):
    content = b"a,b\n" + b"1,x\n" * 90_000 + "2,grün\n".encode("latin-1")
    assert opened(content).examples[-1:]["b"].to_pylist() == ["grün"]


def _zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inside.csv", content)
        archive.writestr("__MACOSX/._inside.csv", b"junk")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("end", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zip", _zipped)],
)
def test_compressed_tables_are_read(opened, end, pack):
    assert _columns(opened(pack(b"a,b\n1,2\n"), f"t.csv{end}")) == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    ("content", "how", "columns"),
    [
        ("a;b\n1;2\n", {"delimiter": "comma"}, {"a;b": ["1;2"]}),
        ("a:b\n1:2\n", {"delimiter": ":"}, {"a": [1], "b": [2]}),
        ("1,2\n3,4\n", {"header": True}, {"1": [3], "2": [4]}),
        ("a,b\n1,2\n", {"header": False}, {"x0": ["a", "1"], "x1": ["b", "2"]}),
        ("junk,junk\na,b\n1,2\n", {"skip": 1}, {"a": [1], "b": [2]}),
        ("a,b\n-999,1\n2,x\n", {"missing": [-999, "x"]}, {"a": [None, 2], "b": [1, None]}),
        ("a,b\n-999.0,u\n2,v\n", {"missing": ["-999"]}, {"a": [None, 2], "b": ["u", "v"]}),
        ("é,b\n1,2\n".encode("cp437"), {"encoding": "cp437"}, {"é": [1], "b": [2]}),
        ("a,b,c\n1,2,3\n", {"drop": ["b"]}, {"a": [1], "c": [3]}),
        ("a,b,c\n1,2,3\n", {"columns": ["c", "a"]}, {"a": [1], "c": [3]}),
        ("a;b\n1,5;2\n", {"decimal": "."}, {"a": ["1,5"], "b": [2]}),
    ],
)
def test_what_is_given_goes_before_what_is_found(opened, content, how, columns):
    found = _columns(opened(content, **how))
    for name, entries in columns.items():
        shown = [None if isinstance(e, float) and np.isnan(e) else e for e in found.pop(name)]
        assert shown == entries
    assert not found


@pytest.mark.parametrize(
    ("content", "how", "error", "sentence"),
    [
        ("a,b\n1,2\n", {"delimeter": ";"}, SettingError, "did you mean 'delimiter'"),
        ("a,b\n1,2\n", {"decimal": ";"}, SettingError, "a point or a comma"),
        ("a,b\n1,2\n", {"encoding": "utf-9"}, SettingError, "no encoding 'utf-9'"),
        ("a,b\n1,2\n", {"drop": ["c"]}, SettingError, "no column 'c'"),
        ("a,b\n1,2\n", {"skip": -1}, SettingError, "skip is -1"),
        ("größe,b\n1,2\n".encode("latin-1"), {"encoding": "utf-8"}, DataError, "utf-8"),
        ("値,大阪\n1,2\n".encode("shift_jis"), {}, DataError, 'such as encoding="shift_jis"'),
    ],
)
def test_options_that_do_not_fit_are_refused(opened, content, how, error, sentence):
    with pytest.raises(error, match=sentence):
        opened(content, **how)


# Silent faults, each of a kind: what was learned wrongly without a word.


@pytest.mark.parametrize(
    "first", ["400,402,404,406", "1990,1991,1992,1993", "397.9,401.2,405,409.5,411,420"]
)
def test_a_header_of_numbers_is_no_example(opened, first):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(9, first.count(",") + 1)).round(3)
    source = opened(first + "\n" + "\n".join(",".join(map(str, row)) for row in rows))
    np.testing.assert_array_equal(source.examples, rows)
    assert source.feature_names == tuple(first.split(","))
    assert "names the columns" in source.notes[0]


def test_rows_that_rise_in_every_row_have_no_header(opened):
    assert len(opened("1,2,3\n4,5,6\n")) == 2


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [1, 2, 3, 4], [3, 1, 2, 0], [70, 11, 25, 94]])
def test_a_written_index_is_no_feature(opened, order):
    rows = "\n".join(f"{i},{x}" for i, x in zip(order, [0.5, 1.5, 2.5, 0.1], strict=True))
    source = opened(",a\n" + rows)
    assert source.feature_names == ("a",)
    assert "numbers the rows" in source.notes[0]


def test_an_identifier_is_no_feature_and_is_named(opened):
    source = opened("user_id,x,y\n17,1.5,1\n3,2.5,4\n99,1.5,2\n")
    assert source.feature_names == ("x", "y")
    assert "user_id names the rows and is left out" in source.notes[0]


def test_columns_of_one_name_stay_apart(opened):
    source = opened("a,a,b\n1,2,3\n4,5,6\n")
    assert source.feature_names == ("a", "a.1", "b")


def test_a_sentinel_is_named(opened):
    source = opened("depth,x\n3.5,1\n-999,2\n4.5,3\n-999,4\n")
    assert "holds -999 in 2 rows, far from the rest (3.5 to 4.5)" in source.notes[0]


RANDOM = np.random.default_rng(0)
LEVELS = {
    "letters": RANDOM.choice(list("abc"), (60, 4)),
    "words and a key": np.column_stack(
        [RANDOM.choice(["red", "blue"], (60, 2)), [f"p{i}" for i in range(60)]]
    ),
    "grades": RANDOM.integers(1, 6, (60, 3)).astype(str),
    "numbers with a mark for what is missing": np.where(
        RANDOM.random((60, 5)) < 0.2, "unknown", RANDOM.normal(size=(60, 5)).round(1).astype(str)
    ),
    "truth values": RANDOM.choice(["True", "False"], (60, 3)),
    "dates": np.column_stack(
        [[f"2024-01-{i % 28 + 1:02}" for i in range(60)], RANDOM.choice(["Rome", "Oslo"], 60)]
    ),
}


@pytest.mark.parametrize("case", LEVELS)
@pytest.mark.parametrize("first", range(3))
def test_a_first_row_of_the_columns_own_values_is_no_header(case, first):
    rows = np.roll(LEVELS[case], -first, axis=0).tolist()
    titles = ["colour", "size", "key", "price", "note"][: len(rows[0])]
    assert not has_header(rows)
    assert has_header([titles, *rows])
    assert has_header([titles, *rows[:20], titles, *rows[20:]])  # two files that were joined
