"""How much of the loss was won late in training."""

import numpy as np

from isthmus.doctor.fit import Fit


def passed(fit: Fit) -> np.ndarray:
    """Return the sum of learning rates up to each epoch, as a share of the whole: 0 to 1."""
    rates = np.asarray(fit.history["learning_rate"], np.float64)
    return np.cumsum(rates) / rates.sum()


def late_gain(fit: Fit) -> float:
    """Return what the second half of the learning rates' sum won, over the loss of the mean.

    Losses are above their floor. That of the mean follows from the ratio of squared errors.
    """
    loss = fit.loss
    rates = np.asarray(fit.history.get("learning_rate", ()), np.float64)
    if len(loss) < 3 or len(rates) != len(loss) or not np.isfinite(loss).all():
        return 0.0
    won = float(np.interp(0.5, passed(fit), loss) - loss[-1])
    whole = (float(loss[-1]) - fit.floor) / max(fit.train.ratio, 1e-12)
    return won / max(whole, 1e-9)
