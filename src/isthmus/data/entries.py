"""Entries of text that mean numbers, codes or nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isthmus.data.checks import listed
from isthmus.data.dialect import missing_marks
from isthmus.tables.marks import DASHES, ERRORS

if TYPE_CHECKING:
    import pyarrow

NUMERIC = 0.9
"""Share of a column's entries that are numbers, from which the others are odd ones."""

NO_VALUES = (*DASHES, "---", "..", "...", *ERRORS)
"""Entries that are missing values among numbers: dashes, dots and the errors of spreadsheets."""

SHORT = 20
"""Up to this number of rows one entry that begins with a zero makes a column codes, else two."""


def tidied(
    table: "pyarrow.Table", decimal: str, missing: Sequence[str | float]
) -> tuple["pyarrow.Table", list[str]]:
    """Return a table with spaces around text stripped, numbers read, and more values missing.

    Parameters
    ----------
    table
        As a reader gave it.
    decimal
        The decimal point.
    missing
        Further entries that are missing, as numbers or text.

    Returns
    -------
    pyarrow.Table
    list of str
        What was found, in words.
    """
    import pyarrow

    from isthmus.tables.values import is_text

    columns, grouped, notes = [], [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_text(column.type):
            column = _stripped(column, missing)
        if is_text(column.type) and not is_zero_padded(column):
            column, said = _without_odd_ones(column, decimal, missing, name)
            notes += said
            numbers = _as_numbers(column, decimal) if is_text(column.type) else None
            if numbers is not None:
                column = numbers
                grouped.append(name)
        columns.append(_without(column, missing))
    words = [f"thousands separators in {', '.join(grouped[:3])}"] if grouped else []
    return pyarrow.table(columns, names=table.column_names), [*words, *notes]


def is_zero_padded(column: "pyarrow.ChunkedArray") -> bool:
    """Return whether text is digits alone and begins with zeros, as postal codes do.

    Two entries must, or one of a short table.

    Examples
    --------
    >>> import pyarrow
    >>> is_zero_padded(pyarrow.chunked_array([["01067", None, "10115"]]))
    True
    >>> is_zero_padded(pyarrow.chunked_array([["0", "10", "0.5"]]))
    False
    """
    from isthmus.tables.values import functions

    compute = functions()
    known = column.drop_null()
    padded = compute.sum(compute.match_substring_regex(known, r"^0\d+$")).as_py() or 0
    several = 1 if len(column) <= SHORT else 2
    return padded >= several and compute.all(compute.match_substring_regex(known, r"^\d+$")).as_py()


def column_of(entries: Sequence[object], missing: Sequence[str | float] = ()) -> "pyarrow.Array":
    """Return a column of one type: text, where the entries are of several.

    Examples
    --------
    >>> column_of([1.5, "n/a", 3]).to_pylist(), column_of([True, "yes"]).to_pylist()
    ([1.5, None, 3.0], ['True', 'yes'])
    """
    import pyarrow

    marks = set(missing_marks(missing))
    known = [None if isinstance(one, str) and one.strip() in marks else one for one in entries]
    try:
        return pyarrow.array(known)
    except (pyarrow.ArrowException, TypeError):
        numbers = [float(one) if isinstance(one, int) else one for one in known]
        if all(one is None or isinstance(one, float) for one in numbers):
            return pyarrow.array(numbers)
        return pyarrow.array([None if one is None else str(one) for one in known])


def _stripped(
    column: "pyarrow.ChunkedArray", missing: Sequence[str | float]
) -> "pyarrow.ChunkedArray":
    """Return text without spaces around it; what is a number or missing then, is that."""
    import pyarrow

    from isthmus.tables.values import functions

    compute = functions()
    bare = compute.utf8_trim_whitespace(column)
    if bare.equals(column):
        return column
    marks = pyarrow.array(missing_marks(missing))
    bare = compute.if_else(compute.is_in(bare, marks), pyarrow.scalar(None, bare.type), bare)
    return bare if is_zero_padded(bare) else _cast(bare)


def _cast(column: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """Return text as whole or real numbers if all its entries are."""
    import pyarrow

    for kind in (pyarrow.int64(), pyarrow.float64()):
        try:
            return column.cast(kind)
        except pyarrow.ArrowInvalid:
            continue
    return column


def _patterns(decimal: str) -> tuple[str, str, str]:
    """Return what groups thousands, and the patterns of grouped and of plain numbers."""
    group, point = (r"\.", ",") if decimal == "," else ("[, ']", r"\.")
    grouped = rf"^[+-]?\d{{1,3}}({group}\d{{3}})+({point}\d+)?$"
    plain = rf"^[+-]?(\d+{point}?\d*|{point}\d+)([eE][+-]?\d+)?$"
    return group, grouped, plain


def _without_odd_ones(
    column: "pyarrow.ChunkedArray", decimal: str, missing: Sequence[str | float], name: str
) -> tuple["pyarrow.ChunkedArray", list[str]]:
    """Return a column of numbers without the dashes and errors in it, and what is no number."""
    import pyarrow

    from isthmus.tables.values import functions

    compute = functions()
    _, grouped, plain = _patterns(decimal)
    marks = () if "" in missing else NO_VALUES
    none = compute.is_in(column, pyarrow.array(marks, pyarrow.string()))
    known = column.filter(compute.invert(none)).drop_null()
    number = compute.match_substring_regex(known, f"{grouped}|{plain}")
    share = compute.mean(number.cast("float64")).as_py()
    if share is None or share < NUMERIC:
        return column, []
    notes = []
    if compute.any(none).as_py():
        found = _counted(column.filter(none))
        column = compute.if_else(none, pyarrow.scalar(None, column.type), column)
        notes.append(f'{found} in column "{name}" count as missing')
    if share < 1:
        notes.append(_about_odd_ones(known.filter(compute.invert(number)), missing, name))
        return column, notes
    text = compute.replace_substring(column, ",", ".") if decimal == "," else column
    regular = compute.all(compute.match_substring_regex(known, plain)).as_py()
    return (_cast(text) if regular else column), notes


def _about_odd_ones(odd: "pyarrow.ChunkedArray", missing: Sequence[str | float], name: str) -> str:
    """Return a sentence about entries among numbers that are none, and what to give."""
    first = list(dict.fromkeys(odd.to_pylist()))
    many = "entry" if len(odd) == 1 else "entries such as"
    said = f'column "{name}": {len(odd)} {many} {first[0]!r} among numbers, all of it read as text'
    typed = [one for one in first if "," not in one][:3]
    if not typed:
        return said
    verb = "counts them as missing" if len(typed) > 1 else f"counts {typed[0]!r} as missing"
    return f"{said}; missing={[*missing, *typed]} {verb}"


def _counted(entries: "pyarrow.ChunkedArray") -> str:
    """Return how often each entry is there, in words."""
    pairs = entries.value_counts().to_pylist()
    return listed([f"{pair['values']!r} ({pair['counts']} times)" for pair in pairs], 4)


def _as_numbers(column: "pyarrow.ChunkedArray", decimal: str) -> "pyarrow.ChunkedArray | None":
    """Return numbers whose thousands are grouped, or None if any entry is none."""
    from isthmus.tables.values import functions

    compute = functions()
    group, grouped, plain = _patterns(decimal)
    known = column.drop_null()
    if not len(known):
        return None
    has = compute.match_substring_regex(known, grouped)
    bare = compute.match_substring_regex(known, plain)
    if not compute.any(has).as_py() or not compute.all(compute.or_(has, bare)).as_py():
        return None
    text = compute.replace_substring_regex(column, group, "")
    text = compute.replace_substring(text, ",", ".") if decimal == "," else text
    return _cast(text)


def _without(
    column: "pyarrow.ChunkedArray", missing: Sequence[str | float]
) -> "pyarrow.ChunkedArray":
    """Return a column of numbers with the numbers that mean missing missing."""
    import pyarrow
    from pyarrow import types

    from isthmus.tables.values import functions

    if not missing or not (types.is_integer(column.type) or types.is_floating(column.type)):
        return column
    compute = functions()
    for mark in missing:
        try:
            number = float(mark)
        except ValueError:
            continue
        none = pyarrow.scalar(None, column.type)
        column = compute.if_else(compute.equal(column.cast("float64"), number), none, column)
    return column
