"""How far a few labels go: linear classifiers of the code, of PCA's code, and of the columns."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isthmus.data.source import take
from isthmus.evaluation import UNLABELLED
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section
from isthmus.report.voters import classes_of

PER_CLASS = (1, 2, 4, 8, 16, 32)
"""Labelled training examples of each class, where there are as many."""

MOST_LABELS = 320
"""Maximum number of labelled training examples, which bounds the time."""

ASKED = 1_000
"""Maximum number of examples that are predicted."""

STEPS = 100
"""Maximum number of steps of each logistic regression."""

METHODS = {"code": "code", "pca": "code of PCA", "columns": "columns"}
"""What the logistic regressions read."""


@dataclass(frozen=True)
class Curve:
    """Accuracies by number of labels: a row each, and its values by what was read."""

    rows: list[tuple[int, Mapping[str, float]]]
    methods: Mapping[str, str]
    asked: int
    head: float | None


class FewLabels(Section[Curve]):
    """Accuracy of logistic regression by the number of labels it learned from."""

    name = "few-labels"
    title = "How far a few labels go"
    template = """
<p class="lead">Accuracy on {{ data.asked | number }} examples of the {{ split | set_name }} set, of
  logistic regression that learned from some labelled training examples.</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th>Labels</th>
    {% for name in data.methods.values() %}<th scope="col" class="n">{{ name }}</th>{% endfor %}
  </tr></thead>
  <tbody class="block">
  {% for labels, values in data.rows %}
    <tr><th scope="row" class="method">{{ labels | number }}</th>
      {% for key in data.methods %}<td class="n">{{ values[key] | percent }}</td>{% endfor %}
    </tr>
  {% endfor %}
  </tbody>
</table>
</div>
<p class="soft" style="margin-top:1rem"><small>One draw of labels, as many of each class; more
  labels include the fewer. The encoder is the same in every row.{% if data.head is not none %} It
  learned from labels itself; its own classifier has accuracy {{ data.head | percent }}.{% endif %}
  </small></p>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        return {"few_labels": _curve(fit)}

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Curve | None:
        found = metrics["few_labels"]
        if found is None:
            return None
        rows = [(row["labels"], row) for row in found["curve"]]
        methods = {key: name for key, name in METHODS.items() if key in rows[0][1]}
        head = metrics["head"]
        own = head.get(fit.split) if head and head["kind"] == "accuracy" else None
        return Curve(rows, methods, found["examples"], own)


def _curve(fit: EvaluatedFit) -> JsonObject | None:
    """Return the accuracies; None where there are no classes to predict."""
    train, asked = fit.results.get("train"), fit.shown
    taught = None if train is None else train.taught
    if taught is None or fit.split == "train" or fit.model.conditional or fit.pca is None:
        return None
    classes = classes_of(taught, asked)
    if classes is None:
        return None
    known, wanted = classes
    rows = np.flatnonzero(wanted != UNLABELLED)[:ASKED]
    steps = _nested(known, fit.seed)
    if not steps or not len(rows):
        return None
    scale, pca = fit.model.estimator.scale, fit.pca
    sets = [np.asarray(scale(X)) for X in (taught.examples, take(asked.examples, rows))]
    k = len(pca.components)
    inputs = {
        "code": (taught.codes, asked.codes[rows]),
        "pca": tuple(pca.transform(one, k) for one in sets),
        "columns": tuple(sets),
    }
    curve = []
    for chosen in steps:
        accuracies = {
            name: _accuracy(there[chosen], known[chosen], here, wanted[rows])
            for name, (there, here) in inputs.items()
        }
        curve.append({"labels": len(chosen), **accuracies})
    return {"split": fit.split, "examples": len(rows), "curve": curve}


def _nested(classes: np.ndarray, seed: int) -> list[np.ndarray]:
    """Return the labelled rows of each step, more and more of every class."""
    kinds, counts = np.unique(classes[classes != UNLABELLED], return_counts=True)
    if len(kinds) < 2:
        return []
    rng = np.random.default_rng(seed)
    order = [rng.permutation(np.flatnonzero(classes == kind)) for kind in kinds]
    sizes = [m for m in PER_CLASS if m <= counts.min() and m * len(kinds) <= MOST_LABELS]
    return [np.concatenate([rows[:m] for rows in order]) for m in sizes]


def _accuracy(there: np.ndarray, known: np.ndarray, here: np.ndarray, wanted: np.ndarray) -> float:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    made = make_pipeline(StandardScaler(), LogisticRegression(max_iter=STEPS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        made.fit(there, known)
    return float((made.predict(here) == wanted).mean())
