"""Records as JSON: one a line, or a list of them."""

import json
from pathlib import Path

from isthmus.data.checks import reason
from isthmus.data.csv_files import opened
from isthmus.data.entries import tidied
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError


def open_json(path: Path, how: Reading) -> Source:
    """Read records: an object in each line, or one list of objects."""
    import pyarrow

    try:
        with opened(path) as file:
            text = file.read().decode(how.encoding or "utf-8-sig")
        table = pyarrow.Table.from_pylist(_records(text))
    except (OSError, EOFError, ValueError, AttributeError, pyarrow.ArrowException) as error:
        raise DataError(
            f"{path.name} cannot be read as records of JSON ({reason(error)}); expected an object "
            'in each line, such as {"size": 1.5, "kind": "u"}.'
        ) from None
    table, _ = tidied(table, ".", how.missing)
    return from_table(table, path.name, how)


def _records(text: str) -> list[dict]:
    """Return the objects of a text, each with all the names that any of them has."""
    if text.lstrip().startswith("["):
        records = json.loads(text)
    else:
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(record, dict) for record in records):
        raise ValueError("it holds something else than objects")
    names = list(dict.fromkeys(name for record in records for name in record))
    return [{name: record.get(name) for name in names} for record in records]
