"""Two dimensions of the code that say nearly the same."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

CORRELATED = 0.95
"""Absolute correlation from which two dimensions say nearly the same."""


def correlated_dimensions(fit: Fit) -> Finding | None:
    """Find the two dimensions with the highest correlation."""
    spread = fit.codes.std(axis=0)
    living = np.flatnonzero(spread > 0.01 * spread.max()) if len(fit.codes) > 2 else []
    if len(living) < 2:
        return None
    matrix = np.abs(np.corrcoef(fit.codes[:, living], rowvar=False))
    np.fill_diagonal(matrix, 0)
    highest = float(matrix.max())
    if highest < CORRELATED:
        return None
    a, b = (int(living[i]) for i in np.unravel_index(matrix.argmax(), matrix.shape))
    return Finding(
        "note",
        f"Dimensions {a} and {b} of the code carry nearly the same (correlation {highest:.2f}).",
        f"Use {setting('latent_dim', fit.latent_dim - 1)}, or rotate the code with PCA before "
        "reading its axes.",
        {"dimensions": [a, b], "correlation": highest},
    )
