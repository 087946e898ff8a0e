"""Records as JSON: one a line, or a list of them; and what pandas writes by itself."""

import json
from pathlib import Path

from isthmus.data.checks import reason
from isthmus.data.csv_files import opened
from isthmus.data.entries import column_of, tidied
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError
from isthmus.plainjson import Facts, JsonObject

SPLIT = {"columns", "data"}
"""The names that pandas writes by ``orient="split"``; "index" may be among them."""


def open_json(path: Path, how: Reading) -> Source:
    """Read records: an object in each line, or one list of objects; or a table of pandas.

    Objects in objects become columns of their own, called ``outer.inner``.
    """
    import pyarrow

    try:
        with opened(path) as file:
            text = file.read().decode(how.encoding or "utf-8-sig")
        records = [_flat(record) for record in _records(text)]
        names = list(dict.fromkeys(name for record in records for name in record))
        columns = [column_of([one.get(name) for one in records], how.missing) for name in names]
        table = pyarrow.table(columns, names=names)
    except (OSError, EOFError, ValueError, RecursionError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{path.name} cannot be read as records of JSON ({reason(error)}); expected an object "
            'in each line, such as {"size": 1.5, "kind": "u"}, as pandas writes them by '
            "DataFrame.to_json(path, orient='records', lines=True)."
        ) from None
    table, notes = tidied(table, ".", how.missing)
    said = [f"{path.name}: {'; '.join(notes)}"] if notes else []
    return from_table(table, path.name, how, notes=said)


def _records(text: str) -> list[JsonObject]:
    """Return the objects of a text."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].lstrip().startswith("{") and lines[0].rstrip().endswith("}"):
        records = [json.loads(line) for line in lines]
    else:
        records = json.loads(text)
    if isinstance(records, dict):
        records = _table_of_pandas(records) or [records]
        inside = [name for name, entry in records[0].items() if _holds_records(entry)]
        if len(records) == 1 and inside:
            raise ValueError(f'its records are inside of "{inside[0]}"')
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError("it holds something else than objects")
    return records


def _holds_records(entry: object) -> bool:
    return isinstance(entry, list) and bool(entry) and isinstance(entry[0], dict)


def _table_of_pandas(found: Facts) -> list[JsonObject] | None:
    """Return the rows of a data frame that pandas wrote by columns or "split", else None."""
    if found.keys() >= SPLIT and found.keys() <= {*SPLIT, "index"}:
        columns, data = found["columns"], found["data"]
        if isinstance(columns, list) and isinstance(data, list):
            return [dict(zip(map(str, columns), row, strict=True)) for row in data]
    columns = list(found.values())
    if not columns or not all(isinstance(column, dict) for column in columns):
        return None
    index = columns[0].keys()
    if any(column.keys() != index for column in columns):
        return None
    return [{name: column[i] for name, column in found.items()} for i in index]


def _flat(record: Facts, before: str = "") -> JsonObject:
    """Return a record without objects in it.

    >>> _flat({"a": 1, "user": {"age": 3, "at": {"zip": "07725"}}})
    {'a': 1, 'user.age': 3, 'user.at.zip': '07725'}
    """
    flat = {}
    for name, entry in record.items():
        if isinstance(entry, dict):
            flat |= _flat(entry, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = entry
    return flat
