"""The rows of a table of several kinds of columns, as examples that are indexed."""

from typing import TYPE_CHECKING

import numpy as np

from isthmus.annotations import Index

if TYPE_CHECKING:
    import pyarrow


class TableRows:
    """A table as n examples: what is indexed are rows, and what comes back is a table of them.

    Parameters
    ----------
    table
        An Arrow table.

    Examples
    --------
    >>> import pyarrow
    >>> rows = TableRows(pyarrow.table({"size": [1.5, 2.5, 4.0], "kind": ["u", "v", "w"]}))
    >>> rows.shape, rows[[2, 0]]["kind"].to_pylist()
    ((3, 2), ['w', 'u'])
    """

    def __init__(self, table: "pyarrow.Table") -> None:
        self.table = table
        self.shape, self.dtype = (table.num_rows, table.num_columns), np.dtype(object)

    def __len__(self) -> int:
        return self.table.num_rows

    def __getitem__(self, rows: Index) -> "pyarrow.Table":
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            if step == 1:
                return self.table.slice(start, max(0, stop - start))
        return self.table.take(np.arange(len(self))[rows].reshape(-1))
