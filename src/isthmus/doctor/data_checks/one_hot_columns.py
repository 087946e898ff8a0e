"""Groups of columns that encode one category."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding, setting


def one_hot_columns(data: Data) -> Finding | None:
    """Find neighbouring columns of zeros and ones that add up to one in every row."""
    knows = ("columns", "categorical", "masked")
    if data.image_shape is not None or data.plan.likelihood in knows or len(data) < 10:
        return None
    groups = one_hot_groups(data.sample)
    if not groups:
        return None
    one = len(groups) == 1
    shown = "; ".join(data.columns(group) for group in groups[:2])
    more = f", and {len(groups) - 2} more" if len(groups) > 2 else ""
    return Finding(
        "note",
        f"{len(groups)} {'group' if one else 'groups'} of columns encode{'s' if one else ''} a "
        f"category ({shown}{more}): exactly one column of a group is 1.",
        f"Model them as categories: {setting('likelihood', 'columns')}; squared error treats them "
        "as numbers.",
        {"groups": [list(map(int, group)) for group in groups]},
    )


def one_hot_groups(x: np.ndarray) -> list[list[int]]:
    """Return the groups of two or more neighbouring columns that are one-hot.

    >>> one_hot_groups(np.array([[1.0, 0, 3], [0, 1, 4]]))
    [[0, 1]]
    """
    bits = ((x == 0) | (x == 1)).all(axis=0) & (x.max(axis=0) > x.min(axis=0))
    groups, start = [], 0
    while start < x.shape[1]:
        total, stop = np.zeros(len(x)), start
        while stop < x.shape[1] and bits[stop] and total.max() <= 1:
            total = total + x[:, stop]
            stop += 1
            if stop - start > 1 and (total == 1).all():
                groups.append(list(range(start, stop)))
                break
        else:
            stop = start + 1
        start = stop
    return groups
