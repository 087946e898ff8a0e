"""What entries of text tables mean: codes, numbers, nothing."""

import gzip

import numpy as np
import pytest


def _column(source, name):
    rows = source.examples[:]
    if isinstance(rows, np.ndarray):
        return rows[:, source.feature_names.index(name)].tolist()
    return rows.column(name).to_pylist()


@pytest.mark.parametrize(
    "content",
    [
        "zip,x\n00501,1\n94110,2\n02139,\n",
        "x;zip\n1,5;00501\n2,5;94110\n1;02139\n",
        'zip,x\n"00501",1\n"94110",2\n"02139",3\n',
        "# remark\nx zip\n1 00501\n2 94110\n3 02139\n",
        "x\tzip\n1\t 00501\n2\t94110\n3\t02139 \n",
    ],
)
def test_codes_keep_their_zeros(opened, content):
    assert _column(opened(content), "zip") == ["00501", "94110", "02139"]


def test_codes_far_down_are_found(opened):
    content = b"zip,x\n" + b"94110,0.5\n" * 60_000 + b"00501,1\n02139,2\n"
    for name, packed in (("t.csv", content), ("t.csv.gz", gzip.compress(content, 1))):
        assert opened(packed, name).examples[-2:].column("zip").to_pylist() == ["00501", "02139"]


@pytest.mark.parametrize("entries", [["0", "0.5", "00.5"], ["0", "-1", "01"], ["0", "10", "20"]])
def test_zeros_of_numbers_are_no_codes(opened, entries):
    source = opened("a,b\n" + "".join(f"{entry},7\n" for entry in entries))
    assert _column(source, "a") == [float(entry) for entry in entries]


@pytest.mark.parametrize("mark", ["-", "--", ".", "#DIV/0!", "#NAME?"])
def test_dashes_and_errors_among_numbers_are_missing(opened, mark):
    content = f"a,b\n1.5,+\n{mark},-\n2.5,-\n"
    source = opened(content)
    np.testing.assert_array_equal(_column(source, "a"), [1.5, None, 2.5])
    assert _column(source, "b") == ["+", "-", "-"]
    assert f"'{mark}' (1 times) in column \"a\" count as missing" in source.notes[0]
    assert _column(opened(content, missing=[""]), "a") == ["1.5", mark, "2.5"]


def test_odd_entries_among_numbers_are_said_with_the_option(opened):
    content = "a;b\n" + "1,5;u\n2,5;v\n" * 20 + "<0.3;u\n90+;u\n<0.3;v\n"
    (note,) = opened(content).notes
    assert "column \"a\": 3 entries such as '<0.3' among numbers" in note
    assert "missing=['<0.3', '90+']" in note
    source = opened(content, missing=["<0.3", "90+"])
    assert _column(source, "a")[-4:] == [2.5, None, None, None]


def test_an_empty_mark_leaves_only_empty_entries_missing(opened):
    content = "country,x\nNA,1\nDE,\nZA,3\n"
    assert _column(opened(content), "country") == [None, "DE", "ZA"]
    kept = opened(content, missing=[""])
    assert _column(kept, "country") == ["NA", "DE", "ZA"]
    assert _column(kept, "x") == [1, None, 3]


def test_a_hint_names_all_marks_and_works_as_it_is_given(opened):
    content = "a,b\n3.5,9999\n-999,2\n4.5,3\n-999,4\n"
    notes = opened(content).notes
    assert [note.partition("by ")[2] for note in notes] == ["missing=['-999', '9999']"] * 2
    source = opened(content, missing=["-999", "9999"])
    assert not source.notes
    assert np.isnan(source.examples).sum() == 3
