"""Columns of a table that nothing is learned from."""

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding

MOST = 6
"""How many are named."""


def left_out_columns(data: Data) -> Finding | None:
    """Name the columns that are left out, and why: as constant, identifier, text and so on."""
    left_out = data.table.left_out
    if not left_out:
        return None
    shown = [f'"{title}" ({kind})' for title, kind in [*left_out.items()][:MOST]]
    more = f" and {len(left_out) - MOST} more" if len(left_out) > MOST else ""
    verb, them = ("columns are", "them") if len(left_out) > 1 else ("column is", "it")
    return Finding(
        "note",
        f"{len(left_out)} {verb} left out, since nothing can be learned from {them}: "
        f"{', '.join(shown)}{more}.",
        "If one should be learned from, give its kind, such as "
        f'schema=Rules(kinds={{"{next(iter(left_out))}": "category"}}).',
        {"columns": dict(left_out)},
    )
