"""What `isthmus evaluate` measures."""

from typing import TYPE_CHECKING

from isthmus.cli import consoles, models
from isthmus.errors import DataError
from isthmus.plainjson import Facts, JsonObject

if TYPE_CHECKING:
    import numpy as np

    from isthmus.annotations import ExamplesLike, Targets
    from isthmus.data import parts
    from isthmus.estimators.conditional import AnyAutoencoder

_GROUP = 256
"""Examples per block of a long estimate, after which its progress is shown."""


def own_parts(facts: Facts, estimator: "AnyAutoencoder") -> "parts.Parts":
    """Open a run's own source again and divide it as its fit did.

    Parameters
    ----------
    facts
        What ``run.json`` holds.
    """
    from isthmus.data import parts
    from isthmus.estimators.fit_cache import contents
    from isthmus.report.run_origin import run_origin

    origin = run_origin(facts, "name a SOURCE to evaluate on")
    source = origin.open()
    if origin.contents is not None and origin.contents != contents(source.examples):
        consoles.warn(
            f"{source.name} is not what it was when the model was fitted: the measurements may "
            "include examples that it was trained on."
        )
    models.inputs(source, estimator)
    masked = estimator.model_.likelihood.masked
    return parts.divide(source, **origin.division, missing_allowed=masked)


def own_rows(facts: Facts) -> tuple[models.Origin, "np.ndarray"]:
    """Return a run's own source, and which of its rows are in the training set."""
    from isthmus.data import parts
    from isthmus.report.run_origin import run_origin

    origin = run_origin(facts, "name the examples by --source")
    where = models.Origin(
        origin.place, origin.label, origin.array, origin.image_shape, origin.reading
    )
    division = {name: value for name, value in origin.division.items() if name != "labelled"}
    return where, parts.rows_of_parts(where.open(), **division)["train"]


def parts_of(origin: models.Origin, facts: Facts, estimator: "AnyAutoencoder") -> "parts.Parts":
    """Return a whole source as the test set, with the run's training set if it can be read."""
    source = origin.open()
    examples, *_ = models.inputs(source, estimator)
    chosen: parts.Parts = {}
    if facts:
        try:
            chosen["train"] = own_parts(facts, estimator)["train"]
        except DataError as error:
            consoles.warn(f"the training set cannot be read again: {error}")
    return chosen | {"test": (examples, source.labels)}


def measure(estimator: "AnyAutoencoder", measured: "parts.Parts") -> JsonObject:
    """Measure as a fit does; without a training set, nothing is compared with PCA."""
    from isthmus.report import measure_fit

    return measure_fit(estimator, measured)


def log_likelihood(estimator: "AnyAutoencoder", measured: "parts.Parts", draws: int) -> JsonObject:
    """Estimate the log-likelihood of the test set: its mean in nats, and the mean's error."""
    import numpy as np

    from isthmus.cli.progress import map_blocks

    X, y = measured["test"]
    given = (X,) if y is None or estimator.labels_from(y) is None else (X, y)

    def estimate(block: "ExamplesLike", labels: "Targets | None" = None) -> "np.ndarray":
        return estimator.log_likelihood(block, draws, random_state=0, labels=labels)

    nats = np.concatenate(
        [*map_blocks("estimating the log-likelihood", estimate, *given, rows=_GROUP)]
    )
    error = float(nats.std(ddof=1) / np.sqrt(len(nats))) if len(nats) > 1 else None
    return {"nats": float(nats.mean()), "standard_error": error, "draws": draws}
