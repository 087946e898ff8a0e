"""Tables of columns of several kinds: what each column is, and how it becomes numbers and back.

`infer` looks at a table and returns its `Schema`; the schema encodes rows of that table into one
space of floats, (n, width), where NaN is missing, and decodes such rows into a table with the
columns, types and levels that it had. A schema is plain data: it goes to JSON and back.

A table is a data frame of pandas or polars, or an Arrow table. Inside this room every table is an
Arrow table, and `frames` is the one place that knows the others.
"""

from isthmus.tables.frames import frame_like, is_table, to_arrow
from isthmus.tables.inference import Rules, infer
from isthmus.tables.schema import Column, Group, Schema

__all__ = [
    "Column",
    "Group",
    "Rules",
    "Schema",
    "frame_like",
    "infer",
    "is_table",
    "to_arrow",
]
