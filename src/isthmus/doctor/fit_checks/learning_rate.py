"""A learning rate so high that training leaves what it has learned."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit, beyond_error
from isthmus.doctor.fit_checks.heavy_penalty import penalty_share
from isthmus.doctor.fit_checks.progress import late_gain

HIGH = 0.01
"""Ten times the default of Adam, 0.001."""

NOTHING = 0.95
"""Share of the mean's squared error from which a model has learned nothing."""

JUMP = 1.0
"""An epoch's loss, above its floor, twice that of the epoch before: at a fit's pace it falls."""

LATE = 0.1
"""Share of the mean's loss that was won only after the rate had fallen."""


def learning_rate(fit: Fit) -> Finding | None:
    """Find losses that jump, or a high rate whose result is poor.

    Three signs: the loss doubles from one epoch to the next; no epoch is better than the start; the
    rate is ten times the default or more, and either the result is worse than PCA or the loss fell
    mostly when the rate had fallen.
    """
    loss = fit.loss
    if len(loss) < 2 or not np.isfinite(loss).all():
        return None
    rate = fit.settings.get("learning_rate")
    above = np.maximum(loss - fit.floor, 1e-9)
    substantial = above[1:] > 0.1 * above[0]
    jump = float(np.max(np.where(substantial, np.diff(loss) / above[:-1], 0)))
    high = rate is not None and rate >= HIGH
    poor = beyond_error(fit.measured.own - fit.measured.pca) > 0
    if jump > JUMP:
        what = f"The loss jumped to {1 + jump:.2g} times its value from one epoch to the next"
    elif fit.best_epoch == 0 and penalty_share(fit)[1] < 0.5:
        what = "No epoch was better than the start, so the start was kept"
    elif (high and poor and not fit.stochastic) or (high and fit.measured.ratio > NOTHING):
        what = "The loss never settled, and the result is poor"
    elif high and late_gain(fit) > LATE:
        what = "The loss fell mostly when the learning rate had fallen"
    else:
        return None
    lower = float(f"{rate / 10:.0e}") if rate is not None and high else 1e-3
    return Finding(
        "stop" if jump > JUMP and poor else "look",
        f"{what}: the learning rate{f' of {rate:.2g}' if rate else ''} is too high.",
        f"Lower it: {setting('learning_rate', lower)}"
        f"{'' if high else ', or take more data or narrower layers'}.",
        {"jump": jump, "learning_rate": rate},
    )
