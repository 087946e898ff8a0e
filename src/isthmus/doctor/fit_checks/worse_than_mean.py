"""Reconstructions that are no better than the mean of the training examples."""

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

NEARLY = 0.95
"""Share of the mean's squared error from which a model has learned nothing."""

STRUCTURE = 0.9
"""Share of the mean's error that PCA must leave at most: in noise there is nothing to learn."""


def worse_than_mean(fit: Fit) -> Finding | None:
    """Compare the squared error with that of the mean, on the part farthest from the training."""
    errors = fit.measured
    mean = float(errors.mean.mean())
    if mean <= 0 or errors.pca.mean() > STRUCTURE * mean:
        return None
    ratio = errors.ratio
    if ratio < NEARLY:
        return None
    return Finding(
        "stop",
        f"The reconstructions are {'worse than' if ratio > 1.05 else 'no better than'} the mean of "
        f"the training examples: their squared error is {ratio:.2f} times its.",
        _remedy(fit),
        {"ratio": ratio},
    )


def _remedy(fit: Fit) -> str:
    beta, rate = fit.settings.get("beta"), fit.settings.get("learning_rate")
    if fit.stochastic and beta is not None and beta > 1:
        return f"Lower beta: {setting('beta', 1.0)}."
    if fit.corrupted is not None:
        return f"Weaken the corruption, which is {fit.settings.get('corruption')}."
    if rate is not None and rate >= 0.01:
        return f"Lower the learning rate: {setting('learning_rate', 1e-3)}."
    if rate is not None and rate < 1e-4:
        return f"Raise the learning rate: {setting('learning_rate', 1e-3)}."
    return f"Train longer ({setting('epochs', 4 * max(5, fit.settings['epochs']))}) or use PCA."
