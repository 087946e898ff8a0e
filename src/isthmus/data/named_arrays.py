"""Files that hold several arrays, each under a name."""

from collections.abc import Callable, Sequence
from typing import Any

from isthmus.data.arrays import from_array
from isthmus.data.checks import listed, nearest
from isthmus.data.labels import as_column_number
from isthmus.data.reading import Reading
from isthmus.data.records import from_records, is_records
from isthmus.data.source import Source
from isthmus.errors import DataError


def from_named(names: Sequence[str], read: Callable[[str], Any], name: str, how: Reading) -> Source:
    """Take one of several named arrays as examples, and another as labels if that is asked.

    Parameters
    ----------
    names
        Of the arrays.
    read
        From a name to its array.
    name
        What to call the file.
    how
        Its ``array`` names the examples, which is not needed when there is one array besides the
        labels; its ``label`` names the labels, or a field of an array of records.

    Raises
    ------
    DataError
        If there is no such array, or which one is meant is not clear.
    """
    label = None if as_column_number(how.label) is not None else how.label
    sole = how.array or (names[0] if len(names) == 1 else None)
    if sole is not None and sole in names and label not in names:
        examples, what = read(sole), f"{sole} of {name}"
        if is_records(examples):
            return from_records(examples, what, how)
        if label is None:
            return from_array(examples, what)
    for wanted in (how.array, label):
        if wanted is not None and wanted not in names:
            raise DataError(
                f'{name} holds no array "{wanted}" (it holds {listed(list(names)) or "none"})'
                f"{nearest(str(wanted), names)}"
            )
    array = how.array or _only([known for known in names if known != label], name)
    labels = None if label is None else read(str(label))
    return from_array(read(array), f"{array} of {name}", labels=labels)


def _only(names: list[str], name: str) -> str:
    if len(names) == 1:
        return names[0]
    if not names:
        raise DataError(f"{name} holds no array of examples; save one in it.")
    raise DataError(
        f"{name} holds {len(names)} arrays ({listed(names)}), and which one is meant is not "
        "clear; name it with array=."
    )
