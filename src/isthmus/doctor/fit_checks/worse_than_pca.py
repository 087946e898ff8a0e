"""A plain autoencoder that PCA of the same code size beats."""

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit, beyond_error

LEVEL = 1.01
"""Errors within a hundredth of each other are level."""


def worse_than_pca(fit: Fit) -> Finding | None:
    """Compare squared errors with PCA's, paired by example, beyond two standard errors.

    A look for plain codes, which minimise squared error as PCA does. A note for codes that are
    drawn, discrete or held back: they minimise something else.
    """
    errors = fit.measured
    ratio = float(errors.own.mean()) / max(float(errors.pca.mean()), 1e-30)
    exact = errors.pca.mean() < 1e-6 * errors.mean.mean()
    if exact or ratio < LEVEL or beyond_error(errors.own - errors.pca) <= 0:
        return None
    plain = not (fit.stochastic or fit.symbols or fit.corrupted is not None or _restrained(fit))
    return Finding(
        "look" if plain else "note",
        f"PCA with a code of {fit.latent_dim} does better: the squared error here is {ratio:.2f} "
        "times its, beyond what chance between examples explains.",
        f"Use PCA, or start from it ({setting('start', 'pca')}) and train longer."
        if plain
        else "Judge this model by what it is for; for squared error alone use PCA.",
        {"ratio": ratio},
    )


def _restrained(fit: Fit) -> bool:
    """Tell whether something else than squared error is minimised."""
    penalised = fit.penalised
    return penalised or fit.settings["likelihood"] != "Gaussian"
