"""Columns of a table that may be of another kind than they were taken for."""

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding


def doubtful_columns(data: Data) -> Finding | None:
    """Say what the first such column was taken for, and how many more there are."""
    if not data.table.doubts:
        return None
    found, remedy = data.table.doubts[0]
    more = len(data.table.doubts) - 1
    others = f" {more} more column{'s are' if more > 1 else ' is'} in doubt." if more else ""
    return Finding(
        "look",
        f"{found[0].upper()}{found[1:]}.{others}",
        f"{remedy[0].upper()}{remedy[1:]}" if not remedy.startswith("schema=") else remedy,
        {"doubts": [sentence for sentence, _ in data.table.doubts]},
    )
