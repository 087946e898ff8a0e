"""A test part that is distributed otherwise than the training part."""

import numpy as np

from isthmus.doctor.data import Data
from isthmus.doctor.drift import drift
from isthmus.doctor.finding import Finding


def parts_differ(data: Data) -> Finding | None:
    """Compare the examples kept for testing with the others, column by column."""
    if data.test is None:
        return None
    index = np.linspace(0, len(data.test) - 1, min(len(data.test), len(data.index))).astype(int)
    test = np.asarray(data.test[index], np.float64).reshape(len(index), -1)
    found = drift(data.sample, test)
    if found is None:
        return None
    return Finding(
        "look",
        f"The test part differs from the training part in {len(found.columns)} of {data.width} "
        f"columns, most in column {data.column(found.columns[0])}: {found.describe()}.",
        "Look whether both parts are in the same units and columns in the same order; if they are, "
        "the error on the test part is that of other data.",
        {"columns": list(found.columns), "statistic": found.statistic},
    )
