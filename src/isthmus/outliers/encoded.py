"""What a fitted autoencoder makes of examples: all that a score reads."""

from dataclasses import dataclass, fields
from typing import Any, Self

import jax.numpy as jnp
import numpy as np

from isthmus.annotations import ExamplesLike, Index, RandomState
from isthmus.errors import SettingError
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.units import units_trusted

LIKELIHOOD, IMPORTANCE = "excess", "log_likelihood"
"""What costs a further pass, and is made only for a score that reads it."""


@dataclass(frozen=True)
class Encoded:
    """Examples as an autoencoder sees them, in the scaled space: D features, d code dimensions.

    Parameters
    ----------
    x : (n, D)
        Scaled examples, zero where an entry is missing.
    codes : (n, d)
        Codes.
    residuals : (n, D)
        ``x`` less its reconstruction, zero where an entry is missing.
    columns : (n, D)
        ``x`` in the data's own units.
    excess : (n,) or None
        Negative log likelihood at the code less the least that the likelihood allows for the
        example, plus the posterior's divergence; nats.
    log_likelihood : (n,) or None
        Importance-weighted estimate of the log likelihood, nats.
    """

    x: np.ndarray
    codes: np.ndarray
    residuals: np.ndarray
    columns: np.ndarray
    excess: np.ndarray | None = None
    log_likelihood: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: Index) -> Self:
        """Return some of the examples."""
        parts: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        taken: dict[str, Any] = {k: None if v is None else v[rows] for k, v in parts.items()}
        return type(self)(**taken)

    @property
    def reconstructions(self) -> np.ndarray:
        """Reconstructions (n, D) in the scaled space."""
        return self.x - self.residuals


def encode(
    autoencoder: AnyAutoencoder,
    X: ExamplesLike,
    reads: frozenset[str] = frozenset(),
    n_samples: int = 100,
    random_state: RandomState = 0,
) -> Encoded:
    """Return what a fitted autoencoder makes of examples, by its public methods alone.

    Parameters
    ----------
    autoencoder
        A fitted estimator of isthmus with a decoder.
    X : (n, D), (n, H, W) or (n, H, W, C)
        Examples in their own units.
    reads
        `LIKELIHOOD`, `IMPORTANCE`, both or neither.
    n_samples, random_state
        Draws of the posterior, for `IMPORTANCE`, and their randomness.

    Raises
    ------
    SettingError
        If the autoencoder has no decoder.
    """
    if autoencoder.model_.decoder is None:
        raise SettingError(
            "The autoencoder has no decoder (decoder=None), and outliers are found by their "
            "reconstructions: fit one with a decoder."
        )
    x = np.asarray(autoencoder.scale(X), np.float32)
    codes = np.asarray(autoencoder.transform(X), np.float32)
    codes = codes.reshape(len(codes), -1)
    with units_trusted():  # said of X already
        back = np.asarray(autoencoder.scale(autoencoder.reconstruct(X)), np.float32)
    residuals = x - back
    if autoencoder.likelihood_.masked:
        residuals = np.where(x == 0, np.float32(0), residuals)
    columns = np.asarray(autoencoder.unscale(x), np.float32).reshape(x.shape)
    excess = _excess(autoencoder, X, x) if LIKELIHOOD in reads else None
    log_likelihood = (
        autoencoder.log_likelihood(X, n_samples, random_state=random_state)
        if IMPORTANCE in reads
        else None
    )
    return Encoded(x, codes, residuals, columns, excess, log_likelihood)


def _excess(autoencoder: AnyAutoencoder, X: ExamplesLike, x: np.ndarray) -> np.ndarray:
    """Return nats (n,) above the least that the likelihood allows; where there is none, nats."""
    floor = np.asarray(autoencoder.likelihood_.floor(jnp.asarray(x)), np.float64)
    floor = np.where(np.isfinite(floor), floor, 0.0)
    return -np.asarray(autoencoder.score_samples(X), np.float64) - floor
