"""What a CSV file of isthmus holds, no spreadsheet runs; and isthmus reads it back unchanged."""

import csv

import pyarrow as pa

from isthmus.cli.output import Target, write_blocks
from isthmus.data import open_source

TEXT = ["=1+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "+A1!B2", "'=1+1", "''=2", "-5 to 10", "'tis"]
NUMBERS = [-1.5, 2.0, -3.25, 4.0, 5.0, 6.0, 7.0, 8.0]


def test_text_and_titles_are_marked_as_text_and_come_back(tmp_path):
    table = pa.table({"=a": pa.array(TEXT).dictionary_encode(), "@b": NUMBERS, "'=c": TEXT})
    path = tmp_path / "t.csv"
    write_blocks(Target(path, "csv"), [table.slice(0, 3), table.slice(3)], 8, names=[])
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["'=a", "'@b", "''=c"]
    marked = [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert not marked
    assert [row[1] for row in rows[1:3]] == ["-1.5", "2"]
    assert [row[0] for row in rows[6:]] == ["'''=2", "-5 to 10", "'tis"]
    again = open_source(path).examples[:]
    assert again.column_names == table.column_names
    assert again.to_pydict() == table.to_pydict()
