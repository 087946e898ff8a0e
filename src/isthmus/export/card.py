"""The model card: what a stranger should know of a model file, as the README of its folder."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from isthmus.errors import DataError
from isthmus.estimators.fitted import Fitted
from isthmus.export.exporting import Export
from isthmus.fitted import column_names
from isthmus.likelihoods import AbstractLikelihood
from isthmus.networks import AbstractNetwork, nonlinear_branch
from isthmus.plainjson import Facts, JsonObject
from isthmus.version import __version__

SHOWN = 20
"""Columns and labels that are listed; of more, their number."""


def model_card(
    estimator: Fitted, run: str | Path | None = None, exports: Iterable[Export] = ()
) -> str:
    """Return the model card of a fitted estimator, Markdown.

    Parameters
    ----------
    estimator
        Fitted.
    run
        Its run folder, whose measurements the card shows; without one it shows none.
    exports
        Exported files in the model's folder, which the card lists with what their checks found.

    Raises
    ------
    DataError
        If the run folder holds a file that is not the JSON that a fit writes.
    """
    facts, metrics = (_read(run, name) for name in ("run.json", "metrics.json"))
    source = facts.get("source", {}).get("name", "data of the user's own")
    parts = [
        _HEAD.format(source=source),
        "## Model\n\n" + _table(_model(estimator)),
        "## Data\n\n" + _table(_data(estimator, source)),
        "## Measurements\n\n" + _measurements(metrics),
        _use(estimator),
    ]
    lines = [f"- `{one.path.name}`: {one.describe().partition(': ')[2]}" for one in exports]
    if lines:
        parts.append("## Without isthmus\n\n" + "\n".join(lines))
    parts.append("## Origin\n\n" + _table(_origin(facts)))
    return "\n\n".join(parts) + "\n"


_HEAD = """\
---
library_name: isthmus
tags:
- autoencoder
- representation-learning
---

# An autoencoder fitted to {source}

isthmus wrote this card from the model file and its measurements. Before you publish it, add what
they do not say: what the data are and whom they describe, what the model must not be used for, and
its licence."""

_USE = """\
## Use

```python
import isthmus

model = isthmus.load("model.safetensors")
codes = model.transform({given})  # {rows} to codes (n, {size})
back = model.inverse_transform({coded})  # {rows} again, in the data's own units
```

Loading executes nothing: the file holds weights and settings, no program and no pickle."""


def _use(estimator: Fitted) -> str:
    """Return how to use a model, with the arguments and sizes that it has."""
    rows = "rows" if estimator.schema_ is None else "data frames or tables"
    conditioned = cast(Any, estimator).target_kind == "condition"
    return _USE.format(
        given="X, labels" if conditioned else "X",
        coded="codes, labels" if conditioned else "codes",
        rows=f"{rows} (n, {estimator.n_features_in_})",
        size=estimator.model_.latent_dim,
    )


def _table(rows: Mapping[str, object]) -> str:
    lines = [f"| {name} | {value} |" for name, value in rows.items() if value is not None]
    return "\n".join(["| | |", "| --- | --- |", *lines])


def _name(member: object) -> str:
    return "none" if member is None else type(member).__name__


def _likelihood(member: AbstractLikelihood) -> str:
    """Return the name of a likelihood, with the names of those inside it."""
    inner = getattr(member, "likelihood", None)  # of a masked one
    if isinstance(inner, AbstractLikelihood):
        return f"{_likelihood(inner)}; missing entries are left out"
    several = getattr(member, "likelihoods", ())  # one per kind of column
    if several:
        return ", ".join(dict.fromkeys(map(_name, several))) + ", by kind of column"
    return _name(member)


def _network(network: AbstractNetwork | None) -> str:
    """Return the sizes of a chain's layers, or the name of another network."""
    inside = nonlinear_branch(network)
    if inside is None or not inside.layer_shapes:
        return _name(inside)
    sizes = " - ".join(" x ".join(map(str, shape)) for shape in inside.layer_shapes)
    return sizes if inside is network else f"{sizes}, and a linear path"


def _model(estimator: Fitted) -> dict[str, object]:
    model = estimator.model_
    return {
        "code size": model.latent_dim,
        "latent": _name(model.latent),
        "encoder": _network(model.encoder),
        "decoder": _network(model.decoder),
        "likelihood": _likelihood(model.likelihood),
        "bound": _name(model.bound) if model.latent.stochastic else None,
        "penalties": ", ".join(map(_name, model.penalties)) or "none",
        "corruption in training": _name(model.corruption),
        "parameters": f"{estimator.n_parameters_:,}",
        "epochs": f"{estimator.n_epochs_} (epoch {estimator.best_epoch_} was kept)",
    }


def _data(estimator: Fitted, source: str) -> dict[str, object]:
    names, labels = column_names(estimator), getattr(estimator, "classes_", None)
    named = getattr(estimator, "feature_names_in_", None) is not None
    shape, schema = estimator.image_shape_, estimator.schema_
    return {
        "source": source,
        "features": estimator.n_features_in_,
        "image shape": None if shape is None else " x ".join(map(str, shape)),
        "columns": _listed(names) if named else None,
        "kinds of columns": None if schema is None else schema.describe().removeprefix("columns: "),
        "labels": None if labels is None else _listed(map(str, labels.tolist())),
        "scaling": estimator.scaling_.describe(),
        "missing entries": "allowed" if estimator.model_.likelihood.masked else "not allowed",
    }


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(name.replace("|", "\\|") for name in names[:SHOWN]) + more


def _measurements(metrics: Facts) -> str:
    errors = metrics.get("reconstruction", {})
    if not errors:
        return "None were found in the folder of the model file."
    pca = metrics.get("pca", {})
    lines = [
        "| set | examples | mean squared error (scaled) | of PCA, equal code size |",
        "| --- | --- | --- | --- |",
    ]
    for part, found in errors.items():
        theirs = pca.get(part, {}).get("mse")
        compared = "" if theirs is None else f"{theirs:.5g}"
        name = "training" if part == "train" else part
        lines.append(f"| {name} | {found['examples']:,} | {found['mse']:.5g} | {compared} |")
    verdict = metrics.get("verdict", {}).get("sentence")
    return "\n".join(lines) + (f"\n\n{verdict}" if verdict else "")


def _origin(facts: Facts) -> dict[str, object]:
    versions = facts.get("versions", {})
    return {
        "seed": facts.get("seed"),
        "fitted": facts.get("created"),
        "versions": ", ".join(f"{n} {v}" for n, v in versions.items()) or None,
        "card written by": f"isthmus {__version__}",
    }


def _read(run: str | Path | None, name: str) -> JsonObject:
    """Return a file of a run folder, or nothing where there is none."""
    path = None if run is None else Path(run) / name
    if path is None or not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise DataError(f"{str(path)!r} is not the JSON that a fit writes; fit again.") from None
