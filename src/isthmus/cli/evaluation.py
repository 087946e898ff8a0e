"""What `isthmus evaluate` measures."""

from collections.abc import Mapping
from typing import Any

from isthmus.cli import consoles, models, parts
from isthmus.errors import DataError

_GROUP = 256
"""Examples per block of a long estimate, after which its progress is shown."""


def own_parts(facts: Mapping[str, Any], estimator: Any) -> parts.Parts:
    """Open a run's own source again and divide it as its fit did.

    Parameters
    ----------
    facts
        What ``run.json`` holds.
    """
    from isthmus.estimators.fit_cache import contents

    origin, known, division = _described(facts)
    source = origin.open()
    if known is not None and known != contents(source.examples):
        consoles.warn(
            f"{source.name} is not what it was when the model was fitted: the measurements may "
            "include examples that it was trained on."
        )
    models.inputs(source, estimator)
    masked = estimator.model_.likelihood.masked
    return parts.divide(source, **division, missing_allowed=masked)


_SOURCE = dict.fromkeys(("path", "name", "label", "array", "image_shape", "contents"), (str,))
_SPLIT: dict[str, tuple[type, ...]] = {
    "validation": (int, float),
    "test": (int, float),
    "seed": (int,),
    "limit": (int,),
}
"""What ``run.json`` says of a source and of its division, by name, each a value or null."""


def _described(facts: Mapping[str, Any]) -> tuple[models.Origin, str | None, dict[str, Any]]:
    """Return where a run's examples came from, their digest, and how they were divided.

    Raises
    ------
    DataError
        If ``run.json`` does not say it as a fit does.
    """
    where, split = facts.get("source"), facts.get("split")
    good = _is_as(where, _SOURCE) and _is_as(split, _SPLIT)
    if not good or not (where["path"] or where["name"]):  # pyright: ignore[reportOptionalSubscript]
        raise DataError(
            "run.json does not say which examples the model was fitted on and how they were"
            " divided, as a fit writes it; name a SOURCE to evaluate on."
        )
    assert where is not None
    assert split is not None
    origin = models.Origin(
        where["path"] or where["name"], where["label"], where["array"], where["image_shape"]
    )
    return origin, where.get("contents"), split


def _is_as(found: Any, types: Mapping[str, tuple[type, ...]]) -> bool:
    """Tell whether entries by name are those of a table, each of its types or null."""
    if not isinstance(found, dict) or not {*found} <= {*types}:
        return False
    optional = {"contents"}  # runs of earlier versions have none
    return {*types} - {*found} <= optional and all(
        value is None or (isinstance(value, types[name]) and not isinstance(value, bool))
        for name, value in found.items()
    )


def parts_of(origin: models.Origin, facts: Mapping[str, Any], estimator: Any) -> parts.Parts:
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


def measure(estimator: Any, measured: parts.Parts) -> dict[str, Any]:
    """Measure as a fit does; without a training set, nothing is compared with PCA."""
    from isthmus.report import measure_fit

    return measure_fit(estimator, measured)


def log_likelihood(estimator: Any, measured: parts.Parts, draws: int) -> dict[str, Any]:
    """Estimate the log-likelihood of the test set: its mean in nats, and the mean's error."""
    import numpy as np

    from isthmus.cli.progress import map_blocks

    X, y = measured["test"]
    given = (X,) if estimator.labels_from(y) is None else (X, y)

    def estimate(block: Any, labels: Any = None) -> "np.ndarray":
        return estimator.log_likelihood(block, draws, random_state=0, labels=labels)

    nats = np.concatenate(
        [*map_blocks("estimating the log-likelihood", estimate, *given, rows=_GROUP)]
    )
    error = float(nats.std(ddof=1) / np.sqrt(len(nats))) if len(nats) > 1 else None
    return {"nats": float(nats.mean()), "standard_error": error, "draws": draws}
