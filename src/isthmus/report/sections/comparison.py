"""The autoencoder and PCA of the same code size on the same data."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from isthmus.evaluation.reconstruction import explained_variance
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.numbers import number, percent
from isthmus.report.passes import PartResult
from isthmus.report.section import Metrics, Section
from isthmus.report.verdict import make_verdict
from isthmus.report.voters import voters_of

NEIGHBOURS_ASKED = 2_000
"""Most examples whose label is predicted from their nearest neighbours."""


@dataclass(frozen=True)
class Row:
    """A method's values on every part, and whether each is the better one of two methods."""

    method: str
    values: list[float | None]
    wins: list[bool]


@dataclass(frozen=True)
class Measure:
    """A block of the table: a measure, how its values are written, and a row per method."""

    name: str
    write: Callable[[float | None], str]
    rows: list[Row]


@dataclass(frozen=True)
class Table:
    """The comparison: (part, examples) pairs as columns, measures as blocks of rows."""

    parts: list[tuple[str, int]]
    measures: list[Measure]


COMPARED = (
    ("Mean squared error, scaled", "mse", number, True),
    ("Mean squared error, input units", "mse_input", number, True),
    ("Explained variance", "explained_variance", percent, False),
)
"""What both methods are measured by: name, key, how it is written, whether less is better."""

HEADS = {
    "accuracy": ("Accuracy", "classifier on the code", percent),
    "r2": ("R² of the target", "regressor on the code", percent),
}
"""How the scores of a head are named and written."""


class Comparison(Section[Table]):
    """Errors of both methods on every part, and accuracies that their codes allow."""

    name = "comparison"
    title = "Comparison with PCA"
    template = """
<p class="lead">PCA has the same code size and was fitted to the same training
  set{{ ", without labels" if metrics.model.condition_labels }}. A tick marks the better method.</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th></th>
    {% for part, count in data.parts %}
    <th scope="col" class="n">{{ part | set_name }}<br><small>{{ count | number }}</small></th>
    {% endfor %}
  </tr></thead>
  {% for measure in data.measures %}
  <tbody class="block">
    <tr><th scope="rowgroup" colspan="{{ data.parts | length + 1 }}">{{ measure.name }}</th></tr>
    {% for row in measure.rows %}
    <tr><th scope="row" class="method">{{ row.method }}</th>
      {% for value in row["values"] %}
      <td class="n{{ ' wins' if row.wins[loop.index0] }}">{{ measure.write(value) }}</td>
      {% endfor %}
    </tr>
    {% endfor %}
  </tbody>
  {% endfor %}
</table>
</div>
{% if metrics.labels %}
<p class="soft" style="margin-top:1rem"><small>Labelled:
  {% for part, count in metrics.labels.items() %}{{ count.labelled | number }} of {{
  count.examples | number }} {{ part | set_name }}{{ ", " if not loop.last }}{% endfor %}
  examples. Accuracies are those of labelled examples.</small></p>
{% endif %}
{% if metrics.probe %}
{% set probe = metrics.probe %}
<p class="soft" style="margin-top:1rem"><small>Accuracy of {{ probe.kind }} on the code,
  {{ probe.split | set_name }} set: {{ probe.code | percent }} for the autoencoder, {{
  probe.pca | percent }} for PCA, {{ probe.majority | percent }} for the most frequent class.
  {% if metrics.model.condition_labels %}
  The code of a model that is conditioned on labels need not hold the label.
  {% endif %}</small></p>
{% endif %}
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        results = fit.results
        entries: JsonObject = {
            "reconstruction": {name: _errors(part) for name, part in results.items()},
            "pca": {name: _pca_errors(part) for name, part in results.items() if part.pca},
            "floor": {name: {"nats": part.errors.floor_nats} for name, part in results.items()},
            "head": _head_scores(fit),
            "labels": _counts(fit),
            "probe": _neighbours(fit),
            "imputation": _imputation(fit),
        }
        if fit.pca is not None:
            entries["verdict"] = make_verdict(entries, fit.split, fit.examination, fit.findings)
        return entries

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Table:
        parts = list(fit.results)
        own, pca = metrics["reconstruction"], metrics["pca"]
        measures = []
        for name, key, write, less in COMPARED:
            mine = [own[part].get(key) for part in parts]
            other = [pca[part][key] if part in pca else None for part in parts]
            mark = (write, less)
            rows = [
                Row("autoencoder", mine, _wins(mine, other, *mark)),
                Row("PCA", other, _wins(other, mine, *mark)),
            ]
            measures.append(Measure(name, write, rows))
        measures.append(_nats(parts, metrics))
        if (head := metrics["head"]) is not None:
            name, method, write = HEADS[head["kind"]]
            measures.append(Measure(name, write, [_row(method, [head.get(p) for p in parts])]))
        return Table([(name, part.examples) for name, part in fit.results.items()], measures)


def _errors(part: PartResult) -> JsonObject:
    errors = part.errors
    entries: JsonObject = {
        "examples": part.examples,
        "mse": errors.mse,
        "mse_input": errors.mse_input,
        "nats": errors.nats,
    }
    if part.pca is not None:
        entries["explained_variance"] = explained_variance(errors.mse, part.pca.variance)
    if errors.kl is not None:
        entries["kl"] = errors.kl
    if errors.elbo is not None:
        entries |= {"elbo": errors.elbo, "negative_elbo": -errors.elbo}
    return entries


def _pca_errors(part: PartResult) -> dict[str, float]:
    pca = part.pca
    assert pca is not None
    return {
        "mse": pca.mse,
        "mse_input": pca.mse_input,
        "explained_variance": explained_variance(pca.mse, pca.variance),
    }


def _counts(fit: EvaluatedFit) -> dict[str, dict[str, int]] | None:
    """Return how many examples of each part have a label; None where all have, or none."""
    counts = {
        name: {"labelled": part.labelled, "examples": part.examples}
        for name, part in fit.results.items()
    }
    partly = any(0 < count["labelled"] < count["examples"] for count in counts.values())
    return counts if partly else None


def _head_scores(fit: EvaluatedFit) -> JsonObject | None:
    """Return the scores of what the estimator predicts, on every part with labels."""
    if fit.model.head is None:
        return None
    labelled = {name: part for name, part in fit.results.items() if part.labelled}
    return {"kind": fit.model.head} | {name: part.score for name, part in labelled.items()}


def _neighbours(fit: EvaluatedFit) -> JsonObject | None:
    """Return the accuracy of nearest neighbours on the code, and on the code of PCA."""
    train = fit.results["train"].coded if "train" in fit.results else None
    asked = fit.measured.coded
    if fit.split == "train" or train is None or train.labels is None or asked.labels is None:
        return None
    voters = voters_of(train, asked, NEIGHBOURS_ASKED)
    if voters is None:
        return None

    def accuracy(codes: np.ndarray | None, asked_codes: np.ndarray | None) -> float:
        assert codes is not None
        assert asked_codes is not None
        return voters.accuracy(codes, asked_codes, 5)

    return {
        "kind": "5 nearest neighbours",
        "split": fit.split,
        "examples": len(voters.wanted),
        "code": accuracy(train.codes, asked.codes),
        "pca": accuracy(train.pca_codes, asked.pca_codes),
        "majority": _majority(voters.known, voters.wanted),
    }


def _imputation(fit: EvaluatedFit) -> JsonObject | None:
    """Return the errors of entries that were hidden, where entries were missing in training."""
    imputed = None if fit.examination is None else fit.examination.imputed
    if imputed is None:
        return None
    found: JsonObject = {
        "autoencoder": float(imputed.own.mean()),
        "regression": float(imputed.regression.mean()),
        "mean": float(imputed.mean.mean()),
        "examples": len(imputed.own),
    }
    return found


def _majority(known: np.ndarray, wanted: np.ndarray) -> float:
    """Return the accuracy of the most frequent class of the training set."""
    classes, counts = np.unique(known, return_counts=True)
    return float((wanted == classes[counts.argmax()]).mean())


def _nats(parts: list[str], metrics: Metrics) -> Measure:
    """Return the block of the autoencoder's own measures, in nats per example."""
    own, floor = metrics["reconstruction"], [metrics["floor"][part]["nats"] for part in parts]
    rows = [_row("negative log-likelihood", [own[part]["nats"] for part in parts])]
    if any(floor):
        rows.append(_row("lower bound for this data", floor))
    if all("elbo" in own[part] for part in parts):
        rows.append(_row("KL divergence of the code from the prior", [own[p]["kl"] for p in parts]))
        rows.append(_row("negative ELBO", [own[part]["negative_elbo"] for part in parts]))
    return Measure("Nats per example, autoencoder", number, rows)


def _row(method: str, values: list[float | None]) -> Row:
    return Row(method, values, [False] * len(values))


def _wins(
    mine: list[float | None],
    other: list[float | None],
    write: Callable[[float | None], str],
    less: bool,
) -> list[bool]:
    """Tell where the first values are better than the second, as they are written."""
    return [
        a is not None and b is not None and write(a) != write(b) and (a < b) == less
        for a, b in zip(mine, other, strict=True)
    ]
