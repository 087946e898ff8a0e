"""The checks after a fit, a file each: functions from `Fit` to a `Finding` or None."""

from collections.abc import Callable

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit
from isthmus.doctor.fit_checks.code_too_large import code_too_large
from isthmus.doctor.fit_checks.code_too_small import code_too_small
from isthmus.doctor.fit_checks.codebook_use import codebook_use
from isthmus.doctor.fit_checks.collapsed_posterior import collapsed_posterior
from isthmus.doctor.fit_checks.correlated_dimensions import correlated_dimensions
from isthmus.doctor.fit_checks.dead_dimensions import dead_dimensions
from isthmus.doctor.fit_checks.head_at_chance import head_at_chance
from isthmus.doctor.fit_checks.heavy_penalty import heavy_penalty
from isthmus.doctor.fit_checks.learning_rate import learning_rate
from isthmus.doctor.fit_checks.noise_too_strong import noise_too_strong
from isthmus.doctor.fit_checks.output_range import output_range
from isthmus.doctor.fit_checks.overfitting import overfitting
from isthmus.doctor.fit_checks.prior_mismatch import prior_mismatch
from isthmus.doctor.fit_checks.unconverged import unconverged
from isthmus.doctor.fit_checks.worse_than_mean import worse_than_mean
from isthmus.doctor.fit_checks.worse_than_pca import worse_than_pca

FIT_CHECKS: tuple[Callable[[Fit], Finding | None], ...] = (
    learning_rate,
    collapsed_posterior,
    dead_dimensions,
    noise_too_strong,
    heavy_penalty,
    worse_than_mean,
    unconverged,
    overfitting,
    worse_than_pca,
    prior_mismatch,
    codebook_use,
    code_too_large,
    code_too_small,
    correlated_dimensions,
    output_range,
    head_at_chance,
)
"""All of them, causes before their effects."""
