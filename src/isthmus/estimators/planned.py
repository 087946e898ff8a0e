"""The settings of a fit, as the doctor's checks of data look at them."""

from typing import TYPE_CHECKING

from isthmus.doctor import Plan
from isthmus.estimators.slots import likelihood_kind, member, takes_missing
from isthmus.latents.discrete import is_discrete

if TYPE_CHECKING:
    from isthmus.estimators.base import AbstractAutoencoder


def plan_of(settings: "AbstractAutoencoder") -> Plan:
    """Return the settings of an estimator, fitted or not, that checks of data depend on."""
    likelihood = settings.likelihood
    masked = takes_missing(likelihood)
    chosen = getattr(settings, "likelihood_", None)
    if likelihood_kind(chosen) == "columns":  # of a schema's kinds, which "auto" does not tell
        likelihood = chosen
    latent = member("latent", settings.latent)
    held_back = settings.corruption is not None or settings.penalties not in ("auto", ())
    return Plan(
        scaling=settings.scaling,
        likelihood=likelihood_kind(likelihood),
        stochastic=bool(latent.stochastic),
        latent_dim=int(settings.latent_dim),
        batch_size=None if settings.batch_size == "auto" else int(settings.batch_size),
        masked=masked,
        penalised=held_back or latent.stochastic or is_discrete(latent) or settings.decoder is None,
    )
