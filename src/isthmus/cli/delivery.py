"""Where the results of a verb go: to a file, to the screen, to a program as JSON."""

from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING

from isthmus.cli import consoles, output
from isthmus.fitted import column_names

if TYPE_CHECKING:
    import numpy as np
    from pyarrow import ChunkedArray, Table

    from isthmus.estimators.conditional import AnyAutoencoder

_SHOWN_ROWS, _CELL = 10, 9  # rows, and the characters of a number


def deliver_blocks(
    blocks: Iterator["np.ndarray"],
    n: int,
    names: Sequence[str],
    target: output.Target | None,
    json: bool,
    image_shape: tuple[int, int, int] | None = None,
) -> None:
    """Deliver n values as they come, to a file without ever holding them all."""
    if target is not None and target.form in output.TABULAR:
        _report(target, output.write_blocks(target, blocks, n, names=names), json)
    else:
        deliver(_joined([*blocks]), names, target, json, image_shape)


def with_columns(
    blocks: "Iterator[np.ndarray]", kept: "Table", names: Sequence[str]
) -> "Iterator[Table]":
    """Yield blocks of values (b, ...) as tables, with the columns of a table of n rows before."""
    import pyarrow

    start = 0
    for block in blocks:
        columns = [pyarrow.array(column) for column in block.reshape(len(block), -1).T]
        own = kept.slice(start, len(block))
        start += len(block)
        yield pyarrow.table([*own.columns, *columns], names=[*own.column_names, *names])


def filled_in(
    blocks: "Iterator[np.ndarray | Table]", whole: "Table", names: Sequence[str]
) -> "Iterator[Table]":
    """Yield blocks of a table of n rows whose columns of some names are filled in.

    Parameters
    ----------
    blocks
        The columns of these names, as arrays (b, ...) or tables of b rows; n in all.
    whole
        The table, with further columns. Entries that an array was made from stay to the digit.
    """
    import pyarrow

    from isthmus.tables.values import decimals_of, functions

    gaps = [name for name in names if whole.column(name).null_count]
    exact = {name: decimals_of(_known(whole.column(name))) for name in gaps}
    start = 0
    for block in blocks:
        filled = output.table_of(block, names)
        own = whole.slice(start, len(block))
        start += len(block)
        for i, name in enumerate(own.column_names):
            if name in names and isinstance(block, pyarrow.Table):
                own = own.set_column(i, name, filled.column(name))
            elif name in names and whole.column(name).null_count:
                known, made = own.column(name).cast("float64"), filled.column(name).cast("float64")
                if exact[name] is not None:
                    made = functions().round(made, exact[name])
                own = own.set_column(i, name, functions().coalesce(known, made))
        yield own


def _known(column: "ChunkedArray") -> "np.ndarray":
    from isthmus.tables.values import numbers

    return numbers(column.drop_null())


def _joined(blocks: "list[np.ndarray | Table]") -> "np.ndarray | Table":
    """Return arrays, or tables, one below the other."""
    import numpy as np

    tables = [block for block in blocks if not isinstance(block, np.ndarray)]
    if not tables:
        return np.concatenate([np.asarray(block) for block in blocks])
    import pyarrow

    return pyarrow.concat_tables([table.unify_dictionaries() for table in tables])


def deliver_decoded(
    blocks: Iterator["np.ndarray"],
    n: int,
    estimator: "AnyAutoencoder",
    target: output.Target | None,
    json: bool,
) -> None:
    """Deliver n examples that a model decodes, as they come."""
    deliver_blocks(blocks, n, column_names(estimator), target, json, estimator.image_shape_)


def deliver_examples(
    values: "np.ndarray | Table",
    estimator: "AnyAutoencoder",
    target: output.Target | None,
    json: bool,
    columns: int | None = None,
) -> None:
    """Deliver a model's examples (n, ...), ``columns`` pictures in a row of a contact sheet."""
    deliver(values, column_names(estimator), target, json, estimator.image_shape_, columns)


def deliver(
    values: "np.ndarray | Table",
    names: Sequence[str],
    target: output.Target | None,
    json: bool,
    image_shape: tuple[int, int, int] | None = None,
    columns: int | None = None,
) -> None:
    """Write the values, or show their beginning; with ``json`` print them, or where they lie."""
    import numpy as np

    from isthmus.tables import is_table, to_arrow

    if is_table(values):
        _deliver_table(to_arrow(values), target, json)
        return
    values = np.asarray(values)
    if target is not None:
        output.write(target, values, names=names, image_shape=image_shape, columns=columns)
        _report(target, values.shape, json)
        return
    rows = values.reshape(len(values), -1)
    if json:
        consoles.print_json({"columns": list(names), "values": rows})
    else:
        _show(rows, names, len(rows))


def _deliver_table(table: "Table", target: output.Target | None, json: bool) -> None:
    """Write a table, or show its beginning."""
    names = table.column_names
    if target is not None:
        _report(target, output.write_blocks(target, [table], len(table), names=names), json)
    elif json:
        rows = [list(row.values()) for row in table.to_pylist()]
        consoles.print_json({"columns": names, "values": rows})
    else:
        rows = [list(row.values()) for row in table.slice(0, _SHOWN_ROWS).to_pylist()]
        _show(rows, names, len(table))


def _report(target: output.Target, shape: tuple[int, ...], json: bool) -> None:
    if json:
        consoles.print_json({"out": str(target.path), "shape": shape})
    else:
        words = "x".join(map(str, shape))
        consoles.say(consoles.out(), f"wrote {words} values to {target.path}")


def _show(rows: "np.ndarray | list[list[object]]", names: Sequence[str], n: int) -> None:
    """Print the first rows, and as many columns as there is room for."""
    from rich.table import Table

    console = consoles.out()
    width = max(_CELL, *(len(name) for name in names[:_SHOWN_ROWS])) + 3
    shown = list(names[: max(1, (console.width - 20) // width)])
    table = Table("example", *shown, *(["..."] if len(names) > len(shown) else []))
    for i, row in enumerate(rows[:_SHOWN_ROWS]):
        table.add_row(str(i), *map(_cell, row[: len(shown)]))
    console.print(table)
    if n > _SHOWN_ROWS or len(names) > len(shown):
        consoles.say(console, f"{n} examples of {len(names)} values; --out writes them all")


def _cell(value: object) -> str:
    if value is None:
        return ""
    real = isinstance(value, Real) and not isinstance(value, Integral)
    return f"{value:.5g}" if real else str(value)
