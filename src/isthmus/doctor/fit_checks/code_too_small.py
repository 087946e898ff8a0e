"""A code too small for the data."""

from isthmus.doctor.finding import Finding, setting
from isthmus.doctor.fit import Fit

LOST = 0.5
"""Share of the variance lost from which most of the data is not in the code."""

MUCH, GAIN = 1 / 3, 0.1
"""Share lost that is much where PCA of twice the size loses half of it; least gain of that PCA."""

MAP = 3
"""Codes up to this size are made to be looked at, and lose much by intention."""


def code_too_small(fit: Fit) -> Finding | None:
    """Find codes that lose most of the variance, where PCA of twice the size keeps far more."""
    mean = float(fit.measured.mean.mean())
    lost = float(fit.measured.own.mean()) / max(mean, 1e-30)
    if fit.pca_curve is None or fit.corrupted is not None or lost >= 0.95:
        return None
    d = fit.latent_dim
    double = min(2 * d, len(fit.pca_curve) - 1)
    variance = max(float(fit.pca_curve[0]), 1e-30)
    here = float(fit.pca_curve[min(d, len(fit.pca_curve) - 1)]) / variance
    twice = float(fit.pca_curve[double]) / variance
    most = lost > LOST or (lost > MUCH and twice < lost / 2)
    if not most or here - twice < GAIN:
        return None
    size = next((k for k, e in enumerate(fit.pca_curve) if e < 0.1 * variance), 4 * d)
    return Finding(
        "note" if d <= MAP or fit.stochastic else "look",
        f"The code of {d} loses {lost:.0%} of the variance; PCA loses {here:.0%} with as many "
        f"components, and {twice:.0%} with {double}.",
        f"Use a larger code, such as {setting('latent_dim', max(size, d + 1))}"
        f"{', unless it is a picture that you want' if d <= MAP else ''}.",
        {"lost": lost, "pca_of_twice": twice},
    )
