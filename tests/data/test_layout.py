"""What people put around a table, and how they write its numbers."""

import numpy as np
import pytest

from isthmus.data import open_source
from isthmus.errors import DataError

ROWS = "Region;Jan;Feb\nA;1;2\nB;3;4\nC;5;6\n"


def _rows(source):
    return source.examples[:].to_pydict()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sep=;\n" + ROWS, "1 line before the table"),
        ("Report;;\n2024;;\n;;\n" + ROWS, "2 lines before the table left out; 1 blank row left"),
        (ROWS.replace("B", ";;\nB"), "1 blank row left out"),
        (ROWS + ";;\n;;\n", "2 blank rows left out"),
        (ROWS + "Source: internal\n(c) me\n", "2 lines below the table left out ('Source: int"),
        (ROWS.replace("\n", ";\n"), "semicolons"),
        (ROWS.replace("\n", ";\n").replace("Feb;", "Feb") + "Source: me\n", "line below the table"),
    ],
)
def test_what_is_around_a_table_is_left_out_and_said(opened, content, said):
    source = opened(content)
    assert _rows(source) == {"Region": ["A", "B", "C"], "Jan": [1, 3, 5], "Feb": [2, 4, 6]}
    assert said in source.notes[0]


@pytest.mark.parametrize("blank", ["", ";;"])
def test_lines_before_the_table_count_blank_ones_where_they_are_given(opened, blank):
    source = opened(f"junk;x;y\n{blank}\n" + ROWS, skip=2)
    assert _rows(source)["Region"] == ["A", "B", "C"]


@pytest.mark.parametrize("line", ["text", "9"])
def test_a_short_row_is_refused_where_it_may_be_an_example(opened, line):
    with pytest.raises(DataError, match=r"Row 5 of t\.csv, .* has 1 entries, but expected 3"):
        opened(ROWS + f"{line}\n" + ("D;7;8\n" if line == "text" else ""))


def test_a_row_of_missing_entries_stays(opened):
    assert len(opened("a,b\n1,2\nnan,NA\n3,4\n")) == 3
    assert opened(",a\n0,2\n1,2\n2,5\n").feature_names == ("a",)


@pytest.mark.parametrize(
    ("entries", "numbers", "unsure"),
    [
        (["1,206", "3,415"], [1.206, 3.415], "decimal='.'"),
        (["1.206", "3.415"], [1.206, 3.415], "decimal=','"),
        (["1.206", "0.415"], [1.206, 0.415], ""),
        (["1,206", "0,415"], [1.206, 0.415], ""),
        (["1,206", "-1.5"], [1206, -1.5], ""),
        (["1.206", "2.415,5"], [1206, 2415.5], ""),
    ],
)
def test_three_digits_after_a_mark(opened, entries, numbers, unsure):
    content = "a;b\n" + "".join(f"{entry};u\n{entry};v\n" for entry in entries)
    source = opened(content)
    np.testing.assert_array_equal(_rows(source)["a"], np.repeat(numbers, 2))
    assert unsure in source.notes[0]
    assert ("with thousands" in source.notes[0]) == bool(unsure)
    if unsure:
        other = opened(content, decimal=unsure[-2])
        np.testing.assert_array_equal(_rows(other)["a"], np.repeat([1206, 3415], 2))


def test_a_decimal_comma_elsewhere_makes_points_thousands(opened):
    assert _rows(opened("a;b;c\n2.005;1,5;u\n14.751;2,5;v\n"))["a"] == [2005, 14751]


def _book(path, **sheets):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_the_first_sheet_with_a_table_is_read(tmp_path):
    table = [["a", "b", "c"], [1, "u", 2], [3, "v", "#DIV/0!"]]
    cover = [["Annual report"], ["by me"]]
    data = [["Sales 2023", None, None], [], *table]
    path = _book(tmp_path / "t.xlsx", Cover=cover, Data=data, More=table)
    source = open_source(path)
    assert _rows(source) == {"a": [1, 3], "b": ["u", "v"], "c": [2, None]}
    assert 'sheet "Data" of 3; no table in Cover: sheet= names another' in source.notes[0]
    assert "1 line before the table left out; 1 blank row left out" in source.notes[0]
    assert open_source(path, sheet="Cover").examples[:].num_columns == 1
    with pytest.raises(DataError, match=r"empty sheet.* it also has Cover: name one by sheet="):
        open_source(_book(tmp_path / "u.xlsx", Empty=[], Cover=cover), sheet="Empty")


def test_lines_below_a_table_that_are_padded_are_left_out(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f"{1990 + i};{i % 7},5;{i % 5}\n" for i in range(30))
    path.write_text(f"year;a;b\n{rows};;\nSource: Eurostat;;\nAs of 2024;;\n")
    source = open_source(path)
    assert source.examples.shape == (30, 3)
    assert "the 2 lines below the table left out ('Source: Eurostat')" in source.notes[0]
    names = "".join(f"Land {i};{i % 7},5;{i % 5}\n" for i in range(30))
    path.write_text(f"name;a;b\n{names}Zambia;;\n")
    assert len(open_source(path)) == 31


def test_a_row_that_sums_up_and_columns_without_a_title_are_said(tmp_path):
    path = tmp_path / "t.csv"
    rows = "".join(f"R{i % 6},{i % 7},{i % 5}\n" for i in range(30))
    path.write_text(f"region,units,\n{rows}Total,{87},{60}\n")
    (note, total) = open_source(path).notes
    assert note == "t.csv: 1 column without a title is called x2"
    assert "the last row is called 'Total'" in total
    path.write_text(f"region,units,more\n{rows}")
    assert open_source(path).notes == ()


def test_spaces_within_quotes_part_nothing(tmp_path):
    path = tmp_path / "access.txt"
    rows = "".join(f'10.0.0.{i}  "GET /p{i % 3} HTTP/1.1" 200 {i * 7}\n' for i in range(30))
    path.write_text(f"ip request status bytes\n{rows}")
    table = open_source(path).examples.table
    assert table.column_names == ["ip", "request", "status", "bytes"]
    assert table["request"].to_pylist()[:2] == ["GET /p0 HTTP/1.1", "GET /p1 HTTP/1.1"]
    assert table["bytes"].to_pylist()[2] == 14


def test_short_rows_are_filled_up(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b,c\n1,"x, y",3\n4,z\n5,,6\n7,w\n')
    source = open_source(path)
    assert source.examples.table["c"].to_pylist() == [3, None, 6, None]
    assert source.examples.table["b"].to_pylist() == ["x, y", "z", None, "w"]
    assert "2 rows are short" in source.notes[0]
    path.write_text("a,b,c\n1,2,3\n4,5,6,7\n8,9\n")
    with pytest.raises(DataError, match=r"Row 3 of t\.csv, .* has 4 entries"):
        open_source(path)
