"""A drawn code that tells nothing about the example."""

import numpy as np

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit
from isthmus.doctor.fit_checks.progress import late_gain

NATS = 0.01
"""A dimension with a smaller divergence from the prior has collapsed onto it."""

UNUSED = 1.05
"""Error without any code, over that with it, below which the decoder does without the code."""

EARLY = 0.1
"""Share of the mean's loss that the second half of training won, from which it ended too early."""


def collapsed_posterior(fit: Fit) -> Finding | None:
    """Find dimensions whose posteriors are the prior, and decoders that ignore the code."""
    if not fit.stochastic or fit.symbols is not None:
        return None
    collapsed = np.flatnonzero(fit.kl < NATS) if fit.kl is not None else np.empty(0, int)
    d = fit.latent_dim
    unused = fit.kept is not None and fit.kept[0] < UNUSED * fit.kept[-1]
    if len(collapsed) < d and not unused:
        return _partly(fit, collapsed) if len(collapsed) else None
    said = (
        "all dimensions of the code have collapsed onto the prior"
        if len(collapsed) == d
        else ("the decoder ignores the code")
    )
    return Finding(
        "stop",
        f"Posterior collapse: {said}, so every example is reconstructed alike.",
        _remedy(fit),
        {"collapsed": collapsed.tolist()},
    )


def _partly(fit: Fit, collapsed: np.ndarray) -> Finding:
    kept = fit.latent_dim - len(collapsed)
    return Finding(
        "look" if kept < fit.latent_dim / 2 else "note",
        f"{len(collapsed)} of {fit.latent_dim} dimensions of the code have collapsed onto the "
        f"prior (divergence below {NATS} nats): the data do not pay for them.",
        f"Use {setting('latent_dim', max(1, kept))}, or lower beta, or warm it up, to use more.",
        {"collapsed": collapsed.tolist()},
    )


def _remedy(fit: Fit) -> str:
    beta, rate = fit.settings.get("beta"), fit.settings.get("learning_rate")
    if rate is not None and rate >= 0.01:
        return f"Lower the learning rate, which is {rate:g}: {setting('learning_rate', 1e-3)}."
    if late_gain(fit) > EARLY:
        epochs = setting("epochs", 4 * max(5, fit.settings["epochs"]))
        return f"The loss still falls: train longer ({epochs}) before anything else."
    if beta is not None and beta > 1:
        return f"Lower beta, which is {beta:g}: {setting('beta', 1.0)}."
    if fit.settings["likelihood"] == "Gaussian":
        return (
            "A Gaussian of unit variance weighs the reconstruction too little: "
            f"{setting('likelihood', 'learned_gaussian')}."
        )
    return f"Warm beta up: {setting('warmup', max(5, fit.settings['epochs'] // 4))}."
