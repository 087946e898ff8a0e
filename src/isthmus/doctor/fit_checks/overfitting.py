"""A model that knows the training examples by heart."""

import numpy as np

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit

GAP = 1.5
"""Least ratio of the errors on unseen and on training examples."""

BY_HEART = 3.0
"""Ratio over PCA's own from which training examples are known by heart."""


def overfitting(fit: Fit) -> Finding | None:
    """Compare errors on unseen examples with those on training examples.

    A larger error on unseen examples alone is no harm: PCA has it too. It is named where the gap is
    above two standard errors and three times PCA's, or where it made the result worse than PCA's.
    """
    if fit.test is None or min(len(fit.train.own), len(fit.test.own)) < 2:
        return None
    seen, unseen = fit.train.own, fit.test.own
    ratio = float(unseen.mean() / max(seen.mean(), 1e-30))
    linear = float(fit.test.pca.mean() / max(fit.train.pca.mean(), 1e-30))
    error = np.hypot(*(one.std(ddof=1) / np.sqrt(len(one)) for one in (seen, unseen)))
    sure = unseen.mean() - seen.mean() > 2 * error
    small = unseen.mean() < 1e-4 * fit.test.mean.mean()
    worse = unseen.mean() > fit.test.pca.mean() and ratio > GAP * linear
    if not sure or small or ratio < GAP or not (worse or ratio > BY_HEART * max(linear, 1)):
        return None
    return Finding(
        "look",
        f"The model overfits: its error on unseen examples is {ratio:.1f} times that on the "
        f"training examples (PCA: {linear:.1f} times).",
        _remedy(fit),
        {"ratio": ratio, "pca": linear},
    )


def _remedy(fit: Fit) -> str:
    ways = ["narrower layers", "more examples"]
    if fit.settings.get("penalties") is None:
        ways.insert(0, "weight decay (penalties='auto')")
    if fit.settings.get("corruption") is None:
        ways.append("a corruption such as Gaussian(0.1)")
    return f"Take {', '.join(ways[:-1])} or {ways[-1]}."
