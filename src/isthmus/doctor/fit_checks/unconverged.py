"""Training that ended while the loss still fell."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit
from isthmus.doctor.fit_checks.learning_rate import HIGH
from isthmus.doctor.fit_checks.progress import late_gain, passed

GAIN = 0.1
"""What the second half of training must still have won, as a share of the mean's loss."""

STEADY = 0.5
"""A second half of the fall this share of the first or more: the fall does not slow down."""

USUAL_RATE = 1e-3
"""The learning rate of Adam by default: a slower one wins so much less in a step."""

FALLING = 0.7
"""Least share of the later epochs whose loss is below that of the epoch before."""


def unconverged(fit: Fit) -> Finding | None:
    """Find a loss that still falls, by its slope at its learning rate.

    Progress is a function of the sum of the learning rates, not of the epochs, so that a rate which
    falls to zero does not hide that there was more to win, nor a small one. What the second half of
    that sum won, times how much slower than usual the rate was, is compared with the loss of the
    training mean, above the floor. Fits that stopped early, or whose best epoch lies behind, have
    converged.
    """
    loss, rates = fit.loss, np.asarray(fit.history.get("learning_rate", ()), np.float64)
    n = len(loss)
    if n < 3 or len(rates) != n or not np.isfinite(loss).all() or fit.best_epoch < 0.9 * n:
        return None
    if rates.max() >= HIGH:
        return None  # the learning rate's own check
    first, second = np.interp([1 / 3, 2 / 3], passed(fit), loss)
    steady = loss[-1] < second and (second - loss[-1]) > STEADY * (first - second)
    slower = max(1.0, USUAL_RATE / max(float(rates.max()), 1e-12)) if steady else 1.0
    falling = float((np.diff(loss[n // 2 - 1 :]) < 0).mean())
    gain = late_gain(fit) * slower
    if gain < GAIN or falling < FALLING:
        return None
    rate = float(rates.max())
    slow = slower > 3
    remedy = f"Train longer: {setting('epochs', 4 * n)}."
    if slow:
        remedy = f"Raise the learning rate, which is {rate:.2g}: {setting('learning_rate', 1e-3)}."
    return Finding(
        "look",
        f"The loss was still falling when training ended after {n} epochs"
        f"{f', slowly, at a learning rate of {rate:.2g}' if slow else ''}: it has not converged.",
        remedy,
        {"gain": gain},
    )
