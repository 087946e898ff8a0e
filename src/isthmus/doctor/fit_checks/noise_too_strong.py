"""A corruption that leaves nothing of the examples."""

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit

LEFT = 0.1
"""Share of the variance that must be recovered from corrupted examples."""


def noise_too_strong(fit: Fit) -> Finding | None:
    """Compare the error of reconstructions of corrupted examples with that of the mean.

    What the model recovers is compared with what a code of this size could keep of clean examples:
    less than a tenth of that, and training saw noise.
    """
    if fit.corrupted is None or fit.noise is None:
        return None
    mean = float(fit.train.mean.mean())
    recovered = 1 - float(fit.corrupted.mean()) / max(mean, 1e-30)
    possible = 1 - float(fit.train.pca.mean()) / max(mean, 1e-30)
    if recovered > LEFT * possible or possible < LEFT:
        return None
    share = float(fit.noise.mean()) / mean
    return Finding(
        "stop",
        f"The corruption {fit.settings.get('corruption')} leaves nothing to learn from: from "
        f"corrupted examples the model recovers {max(recovered, 0):.0%} of the variance, and the "
        f"noise has {share:.3g} times the variance of the data.",
        "Weaken the corruption: noise of about a tenth to the whole of the data's variance is "
        "usual.",
        {"recovered": recovered, "noise": share},
    )
