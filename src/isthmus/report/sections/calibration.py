"""How sure the classifier is, compared with how often it is right."""

from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np

from isthmus.data.source import take
from isthmus.evaluation.calibration import Bin, expected_calibration_error, reliability
from isthmus.fitted import Predictor
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.section import Metrics, Section
from isthmus.unlabelled import known_labels, plain_labels

LEAST = 20
"""Minimum number of labelled examples for this to say something."""

SHOWN_BINS = 10
"""Bins of the table."""


@dataclass(frozen=True)
class Reliability:
    """Predictions by their confidence."""

    bins: list[Bin]


class Calibrated(Predictor, Protocol):
    """A fitted classifier whose confidence was calibrated."""

    temperature_: float
    """What scores are divided by."""
    calibrated_from: int
    """Least number of labelled validation examples to calibrate on."""


class Calibration(Section[Reliability]):
    """Confidence and accuracy of the classifier's predictions."""

    name = "calibration"
    title = "How sure the classifier is"
    template = """
{% set found = metrics.calibration %}
<p class="lead">Confidence differs from accuracy by {{ found.error | percent }} on average, over {{
  found.examples | number }} labelled examples of the {{ split | set_name }} set.</p>
<div class="scroll">
<table class="comparison">
  <thead><tr><th></th><th scope="col" class="n">Confidence</th>
    <th scope="col" class="n">Accuracy</th><th scope="col" class="n">Examples</th></tr></thead>
  <tbody class="block">
  {% for bin in data.bins %}
    <tr><th scope="row" class="method">{{ loop.index }}</th>
      <td class="n">{{ bin.confidence | percent }}</td><td class="n">{{ bin.accuracy | percent }}
      </td><td class="n">{{ bin.examples | number }}</td></tr>
  {% endfor %}
  </tbody>
</table>
</div>
<p class="soft" style="margin-top:1rem"><small>
  {% if found.temperature != 1 %}Logits are divided by a temperature of {{
  found.temperature | number }}, under which the labels of the validation set are likeliest.
  {% else %}The logits are not calibrated: fewer than {{ found.needed }} labelled examples were for
  validation.{% endif %}</small></p>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        found = _predicted(fit)
        if found is None:
            return {"calibration": None}
        probabilities, numbers = found
        estimator = cast(Calibrated, fit.model.estimator)
        right = probabilities[np.arange(len(numbers)), numbers]
        return {
            "calibration": {
                "split": fit.split,
                "examples": len(numbers),
                "error": expected_calibration_error(probabilities, numbers),
                "nats": -float(np.log(np.maximum(right, 1e-12)).mean()),
                "temperature": float(estimator.temperature_),
                "needed": int(estimator.calibrated_from),
            }
        }

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Reliability | None:
        found = None if metrics["calibration"] is None else _predicted(fit)
        return None if found is None else Reliability(reliability(*found, bins=SHOWN_BINS))


def _predicted(fit: EvaluatedFit) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the probabilities (m, k) and the classes' numbers (m,) of the labelled examples."""
    estimator = cast(Calibrated, fit.model.estimator)
    shown = fit.shown
    if fit.model.head != "accuracy" or shown.labels is None or fit.split == "train":
        return None
    rows = np.flatnonzero(known_labels(shown.labels, estimator.classes_))
    labels = plain_labels(np.asarray(shown.labels)[rows])
    met = np.isin(labels, estimator.classes_)  # a class that the fit did not have has no number
    rows, labels = rows[met], labels[met]
    if len(rows) < LEAST:
        return None
    probabilities = np.asarray(estimator.predict_proba(take(shown.examples, rows)))
    return probabilities, np.searchsorted(estimator.classes_, labels)
