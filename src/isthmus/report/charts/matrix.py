"""A matrix as a table of shaded cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from isthmus import figures
from isthmus.plainjson import JsonObject
from isthmus.report.charts.chart import Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WRITTEN = 12
"""Maximum number of columns whose values are written with two decimals."""

DARKEST = 60
"""Percent of the colour in the cell of the greatest value, on which text is legible."""


@dataclass(frozen=True)
class Matrix(Chart):
    """Shaded cells, such as a confusion or a correlation matrix.

    Attributes
    ----------
    values : ndarray of shape (r, c)
        Negative ones have a colour of their own.
    rows, columns : sequence
        r and c names.
    row_label, column_label : str
        What rows and columns are.
    """

    template: ClassVar[str] = "charts/matrix.html.j2"

    values: np.ndarray
    rows: Sequence[object]
    columns: Sequence[object]
    row_label: str = ""
    column_label: str = ""

    def figure(self) -> "Figure":
        """Return it as a figure."""
        return figures.matrix(
            self.values,
            self.rows,
            self.columns,
            row_label=self.row_label,
            column_label=self.column_label,
        )

    def view(self) -> JsonObject:
        """Return names, and of every cell its text and its shade.

        Examples
        --------
        >>> view = Matrix(np.array([[1, 0], [0, -2]]), "ab", "cd").view()
        >>> view["rows"][1]
        {'name': 'b', 'cells': [{'text': '0', 'shade': 0, 'below': False},
            {'text': '-2', 'shade': 60, 'below': True}]}
        """
        seen = np.abs(np.nan_to_num(np.asarray(self.values, np.float64)))  # none of a constant
        reach = float(seen.max()) or 1.0
        whole = self.values.dtype.kind in "iu"
        decimals = 2 if len(self.columns) <= WRITTEN else 1
        rows = []
        for name, values, sizes in zip(self.rows, self.values, seen, strict=True):
            cells = [
                {
                    "text": str(value) if whole else f"{value:.{decimals}f}",
                    "shade": round(DARKEST * float(size) / reach),
                    "below": bool(value < 0),
                }
                for value, size in zip(values, sizes, strict=True)
            ]
            rows.append({"name": str(name), "cells": cells})
        return {
            "rows": rows,
            "columns": [*map(str, self.columns)],
            "row_label": self.row_label,
            "column_label": self.column_label,
        }
