"""Rows that are copies of others but for a little noise."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding
from isthmus.doctor.repetition import part_hashes

QUERIES, ROWS, VALUES = 1_000, 20_000, 4_000_000
"""Maximum of rows whose neighbours are searched; of rows they are searched among; of values."""

NEIGHBOURS = 8
"""Distances looked at for each row, so that up to seven copies of one row are found."""

SURPRISE = 10.0
"""A gap between two distances that chance exceeds once in 3,000 rows: 7 exp(-10)."""

RATIO = 5.0
"""Least ratio of the distances on the two sides of the gap."""

LEAST_SHARE = 0.05
"""Least share of rows with such a gap: with several rows of one patient it is up to 0.02."""

TOUCHED = 0.5
"""Least share of columns in which such rows differ: the law does not hold on a grid of values."""


def near_duplicates(data: Data) -> Finding | None:
    """Find rows far nearer to a few others than to the rest.

    In a cloud of intrinsic dimension k the ratio of the distances to the neighbours i and i + 1 has
    i k log(ratio) distributed exponentially, of mean 1 (Facco et al., 2017, for i = 1). Copies
    leave a gap between the copies and the rest that this law does not have.
    """
    from sklearn.neighbors import NearestNeighbors

    if len(data) < 50 or data.width < 2:
        return None
    rows = data.rows(data.spread(min(ROWS, VALUES // data.width)))
    hashes = part_hashes(rows, [np.arange(data.width)])[:, 0]
    rows = data.standardised(rows[np.sort(np.unique(hashes, return_index=True)[1])])[:, data.varied]
    if len(rows) < 50 or rows.shape[1] < 2:
        return None
    asked = rows[np.linspace(0, len(rows) - 1, min(QUERIES, len(rows))).astype(int)]
    found = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(rows)
    distances, which = found.kneighbors(asked)
    distances = np.maximum(distances[:, 1:], 1e-12)
    logs = np.log(distances[:, 1:] / distances[:, :-1])  # (m, NEIGHBOURS - 1)
    steps = np.arange(1, NEIGHBOURS)
    dimension = 1 / max(float(np.median(logs[:, -1])) * (NEIGHBOURS - 1), 1e-9)
    gaps = (steps * dimension * logs > SURPRISE) & (logs > np.log(RATIO))
    gaps &= ((asked != rows[which[:, 1]]).mean(axis=1) > TOUCHED)[:, None]
    share = float(gaps.any(axis=1).mean())
    if share < LEAST_SHARE or gaps.any(axis=1).sum() < 4:
        return None
    return Finding(
        "look",
        f"{share:.1%} of the rows are nearly equal to another row, {RATIO:g} times nearer to it "
        "than to the rest.",
        "If they are copies (augmented, jittered, resampled), keep all copies of a row in the same "
        "part, or the error on the test part measures memory.",
        {"share": share},
    )
