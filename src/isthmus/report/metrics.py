"""``metrics.json``: what every section measures, joined."""

from isthmus.errors import IsthmusError
from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import JsonObject, to_json
from isthmus.report.evaluated_fit import EvaluatedFit, evaluate_fit
from isthmus.report.passes import Parts
from isthmus.report.sections import SECTIONS

FORMAT = 3
"""Of ``metrics.json``. Raised when a key gets another name or meaning; new keys leave it alone.

3: ``elbo`` is the evidence lower bound; what it was is ``negative_elbo``. Findings stand in
``findings``, and no longer in ``latent.warnings``.

2: ``model.condition_labels`` stands for ``model.told_labels``, which stays for one more version.
"""


def measure_fit(estimator: FittedAutoencoder, parts: Parts, *, seed: int = 0) -> JsonObject:
    """Return what ``metrics.json`` holds of a fitted estimator.

    The parameters are those of `evaluate_fit`.
    """
    return metrics_of(evaluate_fit(estimator, parts, seed=seed))


def metrics_of(fit: EvaluatedFit) -> JsonObject:
    """Return what ``metrics.json`` holds of an evaluated fit: plain values, ready for JSON."""
    metrics: JsonObject = {"format": FORMAT}
    for section in SECTIONS:
        entries = section.measure(fit)
        if taken := metrics.keys() & entries.keys():
            raise IsthmusError(f"Two sections of the report measure {min(taken)!r}.")
        metrics |= entries
    metrics["warnings"] = [text for section in SECTIONS for text in section.warn(fit, metrics)]
    plain = to_json(metrics)
    assert isinstance(plain, dict)
    return plain
