"""Entries that are missing or infinite."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting

MOSTLY = 0.5
"""Share of missing entries from which a column of a table is named."""


def missing_values(data: Data) -> Finding | None:
    """Find missing and infinite entries under a likelihood that takes none.

    Under one that does, find columns of a table that are mostly missing.
    """
    rows = np.asarray(data.examples[data.index], np.float64).reshape(len(data.index), -1)
    infinite = np.isinf(rows)
    if data.plan.masked and not infinite.any():
        return _mostly_missing(data)
    bad = ~np.isfinite(rows)
    if not bad.any():
        return None
    columns = np.flatnonzero(bad.any(axis=0))
    what = "infinite" if infinite.any() else "missing"
    return Finding(
        "look",
        f"{bad.mean():.2%} of the entries are {what}, in {len(columns)} of {data.width} columns: "
        f"{data.columns(columns)}.",
        "Look where the infinite ones come from, and make them missing."
        if infinite.any()
        else f"Fit with {setting('likelihood', 'masked')}, or fill them in first.",
        {"share": float(bad.mean()), "columns": columns.tolist()},
    )


def _mostly_missing(data: Data) -> Finding | None:
    found = {title: share for title, share in data.table.missing.items() if share > MOSTLY}
    if not found:
        return None
    shown = ", ".join(f'"{title}" ({share:.0%})' for title, share in [*found.items()][:4])
    return Finding(
        "note",
        f"Columns are missing in most of the rows: {shown}.",
        "What is learned of them is learned from few rows: leave them out if they do not matter.",
        {"columns": found},
    )
