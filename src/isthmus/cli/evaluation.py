"""What `isthmus evaluate` measures."""

from collections.abc import Mapping
from typing import Any

from isthmus.cli import consoles, models, parts
from isthmus.errors import DataError
from isthmus.told import inner, told


def own_parts(facts: Mapping[str, Any], estimator: Any) -> parts.Parts:
    """Open a run's own source again and divide it as its fit did.

    Parameters
    ----------
    facts
        What ``run.json`` holds.
    """
    where = facts["source"]
    origin = models.Origin(
        where["path"] or where["name"], where["label"], where["array"], where["image_shape"]
    )
    source = origin.open()
    models.inputs(source, estimator)
    masked = inner(estimator).model_.likelihood.masked
    return parts.divide(source, **facts["split"], missing_allowed=masked)


def parts_of(origin: models.Origin, facts: Mapping[str, Any], estimator: Any) -> parts.Parts:
    """Take a source whole as the test part, beside the training part of the run if it is there."""
    source = origin.open()
    examples, *_ = models.inputs(source, estimator)
    chosen: parts.Parts = {}
    if facts:
        try:
            chosen["train"] = own_parts(facts, estimator)["train"]
        except DataError as error:
            consoles.warn(f"the training part cannot be read again: {error}")
    return chosen | {"test": (examples, source.labels)}


def measure(estimator: Any, measured: parts.Parts) -> dict[str, Any]:
    """Measure as a fit does; without a training part, without PCA."""
    from isthmus.report import measure_fit, measure_head

    if "train" in measured:
        return measure_fit(estimator, measured)
    own = estimator.measure(*told(estimator, *measured["test"]))
    kept = ("mse", "mse_input", "nats")
    return {
        "reconstruction": {"test": {name: float(own[name]) for name in kept}},
        "head": measure_head(estimator, measured),
        "pca": {},
        "floor": {"test": {"nats": own.get("floor_nats")}},
        "latent": {"dim": inner(estimator).latent_dim},
    }
