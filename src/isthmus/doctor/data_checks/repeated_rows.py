"""Rows that occur more than once, so that a test part holds rows of the training part."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.finding import Finding
from isthmus.doctor.repetition import pairs, part_hashes, repeated

ROWS, VALUES = 200_000, 1 << 23
"""Maximum of rows, and of values, that are hashed."""

GROUPS = 32
"""Maximum of groups of columns that are left out in turn."""

LEAST_SHARE = 0.01
"""Below this share of repeated rows no figure of a test part moves by more than its own error."""

EXCESS = 3.0
"""Factor by which equal pairs must exceed those of independent columns of the same values."""

VOID_SHARE = 0.5
"""From here on most of a test part is known from the training part: its error says nothing."""


def repeated_rows(data: Data) -> Finding | None:
    """Find rows that are copies of others, and not equal by coincidence.

    Coincidences come with near misses: where rows of few values are equal by chance, more pairs
    differ in one group of columns alone than in none. Copies have no near misses.
    """
    index = data.spread(min(ROWS, max(2, VALUES // data.width)))
    parts = np.array_split(np.arange(data.width), min(GROUPS, data.width))
    rows = data.rows(index)
    if data.test is not None:
        test = np.asarray(data.test[: len(index)], np.float64).reshape(-1, data.width)
        return _across(data, part_hashes(rows, parts), part_hashes(test, parts))
    hashes = part_hashes(rows, parts)
    whole = hashes.sum(axis=1)
    twins = repeated(whole)
    share = float(twins.mean())
    if share < LEAST_SHARE or twins.sum() < 4:
        return None
    return _finding(share, "rows occur more than once", _coincidence(hashes), len(rows))


def _across(data: Data, learned: np.ndarray, tested: np.ndarray) -> Finding | None:
    """Compare a test part with the training part."""
    twins = np.isin(tested.sum(axis=1), learned.sum(axis=1))
    share = float(twins.mean())
    if share < LEAST_SHARE:
        return None
    coincidence = _coincidence(np.concatenate([learned, tested]))
    return _finding(share, "rows of the test part are in the training part too", coincidence, len(
        tested
    ))  # fmt: skip


def _coincidence(hashes: np.ndarray) -> bool:
    """Tell whether equal rows are no more than near misses, or than independent columns make."""
    whole = hashes.sum(axis=1)
    equal, every = pairs(whole), len(whole) * (len(whole) - 1) / 2
    columns = range(hashes.shape[1])
    near = sum(pairs(whole - hashes[:, j]) - equal for j in columns)
    independent = every * float(np.prod([pairs(hashes[:, j]) / every for j in columns]))
    return near > equal or equal < EXCESS * independent


def _finding(share: float, what: str, coincidence: bool, n: int) -> Finding:
    severity = "note" if coincidence else "stop" if share >= VOID_SHARE else "look"
    remedy = (
        "The columns have few values, so this may be chance: nothing to do, unless rows were "
        "joined twice."
        if coincidence
        else "Keep one copy of each before the data are divided, or the error on the test part "
        "measures memory."
    )
    return Finding(severity, f"{share:.1%} of {n:,} {what}.", remedy, {"share": share, "rows": n})
