"""What the doctor is told of a table of several kinds of columns."""

import numpy as np

from isthmus.annotations import ExamplesLike
from isthmus.doctor.data import TableFacts
from isthmus.estimators.door import table_of
from isthmus.tables import Rules, Schema, is_table, to_arrow
from isthmus.tables.kinds import AbstractNumeric
from isthmus.tables.left_out import Dropped
from isthmus.tables.moments import Moment
from isthmus.tables.remarks import doubts_about
from isthmus.tables.values import ticks


def table_facts(schema: Schema | None, X: ExamplesLike, setting: object) -> TableFacts:
    """Return what a table says besides its encoded rows; nothing for what is no table.

    Parameters
    ----------
    schema
        Of the table; None for one of numbers alone.
    X
        The table.
    setting
        What the schema was learned by: of kinds that were given nothing is in doubt.
    """
    table = table_of(X)
    if schema is None or not is_table(table):
        return TableFacts()
    arrow = to_arrow(table)
    given = setting.kinds if isinstance(setting, Rules) else ()
    own = [column for column in schema.columns if column.name in arrow.column_names]
    numbers, times = {}, {}
    for column in own:
        entries, kind = arrow.column(column.name), column.kind
        if isinstance(kind, AbstractNumeric):
            numbers[column.name] = kind.values(entries)
        elif isinstance(kind, Moment):
            values, known = ticks(entries, kind.unit, kind.form, clock=not kind.since_1970)
            times[column.name] = np.where(known, values.astype(np.float64), np.nan)
    return TableFacts(
        () if isinstance(setting, Schema) else doubts_about(schema, arrow, given),
        {c.name: c.kind.name for c in own if not c.used and not isinstance(c.kind, Dropped)},
        numbers,
        times,
        {c.name: arrow.column(c.name).null_count / max(1, len(arrow)) for c in own if c.used},
        [(span.start, span.stop) for span in schema.places.values() if span.stop > span.start],
    )
