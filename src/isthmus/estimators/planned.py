"""A source and the settings of a fit, as the doctor's checks of data look at them."""

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from isthmus.data.source import Source
from isthmus.doctor import Data, Plan
from isthmus.errors import DoubtWarning
from isthmus.estimators.door import encoded, learned_schema, table_of
from isthmus.estimators.slots import likelihood_kind, member, takes_missing
from isthmus.estimators.table_facts import table_facts
from isthmus.latents.discrete import is_discrete
from isthmus.tables import Rules, Schema

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


def data_of(source: Source, plan: Plan, schema: Schema | Rules | str = "auto") -> Data:
    """Return a source as checks look at it, a table of several kinds of columns as encoded.

    Parameters
    ----------
    source, plan
        What would be fitted, and how.
    schema
        As of `isthmus.Autoencoder`.
    """
    examples, names = source.examples, source.feature_names
    test = None if source.test is None else source.test.examples
    with warnings.catch_warnings():  # of doubts, which are a finding
        warnings.simplefilter("ignore", DoubtWarning)
        learned = learned_schema(schema, table_of(examples))
    facts = table_facts(learned, examples, schema)
    if learned is not None:
        names = learned.feature_names
        examples = encoded(learned, table_of(examples), "model")
        test = None if test is None else encoded(learned, table_of(test), "model")
        if plan.likelihood == "auto":  # which is then that of the columns' kinds
            plan = replace(plan, likelihood="columns", masked=True)
    return Data(examples, source.labels, names, source.image_shape, test, plan, facts)
