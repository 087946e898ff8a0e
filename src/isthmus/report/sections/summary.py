"""What was fitted, and to what data."""

import re

from isthmus.fitted import FittedAutoencoder
from isthmus.plainjson import Facts, JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.numbers import set_name
from isthmus.report.section import Metrics, Section

BY_KIND = "one per kind of column; missing entries are left out"
"""The likelihood of a table."""

LONG = re.compile(r"\d+\.\d{5,}(?:e[+-]?\d+)?")
"""A number in a setting with more than four decimals."""


class Summary(Section[list[tuple[str, str]]]):
    """The model and the data in words: (term, text) pairs."""

    name = "summary"
    title = "Model and data"
    template = """
<table class="facts"><tbody>
  {% for term, text in data %}
  <tr><th scope="row">{{ term }}</th><td>{{ text }}</td></tr>
  {% endfor %}
</tbody></table>
"""

    def measure(self, fit: EvaluatedFit) -> JsonObject:
        estimator, labels = fit.model.estimator, fit.model.labels
        count = None if labels is None else len(labels)
        return {
            "model": {
                "parameters": int(estimator.n_parameters_),
                "trainable_parameters": int(estimator.n_trainable_parameters_),
                "pca_components": None if fit.pca is None else len(fit.pca.components),
                "condition_labels": count,
                "told_labels": count,  # the name of format 1
            },
            "settings": {} if fit.examination is None else dict(fit.examination.settings),
            "timing": {"fit_seconds": float(estimator.fit_seconds_)},
        }

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> list[tuple[str, str]]:
        model, estimator = fit.model, fit.model.estimator
        shape, width = model.image_shape, model.features
        sizes = ", ".join(
            f"{part.examples:,} {set_name(name)}" for name, part in fit.results.items()
        )
        each = f"{width} columns" if shape is None else f"{shape[0]} by {shape[1]} pixels"
        values = "columns" if shape is None else "values"
        lines = [
            ("Examples", f"{sizes}; {each} each"),
            ("Code size", f"{model.code_size} for {width} {values}"),
            ("Scaling", estimator.scaling_.describe()),
            ("Likelihood", _likelihood(estimator.likelihood_)),
        ]
        if model.labels is not None:
            count = len(model.labels)
            lines.append(("Labels", f"encoder and decoder are conditioned on {count} labels"))
        corruption = getattr(estimator, "corruption", None)
        if corruption is not None:
            lines.append(("Corruption", _text(corruption)))
        if fit.examination is not None:
            lines += _built(fit.examination.settings)
        stopped = f"{estimator.n_epochs_} epochs ({estimator.stop_reason_})"
        return [*lines, ("Training", f"{stopped}; weights of {kept_epoch(estimator)} kept")]


def _likelihood(member: object) -> str:
    """Return a likelihood in words; of one per kind of column not each."""
    inner = getattr(member, "likelihood", member)  # of a masked one
    return BY_KIND if hasattr(inner, "likelihoods") else _text(member)


def _built(settings: Facts) -> list[tuple[str, str]]:
    """Return what was built and how it was trained, in words."""
    names = ("encoder", "decoder", "latent", "penalties")
    lines = [(name.capitalize(), _short(settings[name])) for name in names if settings.get(name)]
    beta = settings.get("beta")
    bound = f"{settings.get('bound')}" + ("" if beta is None else f", beta {beta:g}")
    rate, size = settings.get("learning_rate"), settings.get("batch_size")
    optimiser = str(settings.get("optimizer"))
    if rate is not None:
        optimiser += f", learning rate up to {rate:.2g}, schedule {settings.get('schedule')}"
    if size is not None:
        optimiser += f", batches of {size}"
    return [*lines, ("Bound", bound), ("Optimiser", optimiser)]


def kept_epoch(estimator: FittedAutoencoder) -> str:
    """Say which epoch's weights a fitted estimator has."""
    return f"epoch {estimator.best_epoch_}" if estimator.best_epoch_ else "the start"


def _short(setting: object) -> str:
    """Write a setting with the numbers in it in four significant digits.

    Examples
    --------
    >>> _short("WeightDecay(weight=0.00015308861941534)")
    'WeightDecay(weight=0.0001531)'
    """
    return LONG.sub(lambda found: f"{float(found[0]):.4g}", str(setting))


def _text(setting: object) -> str:
    return setting if isinstance(setting, str) else repr(setting).removesuffix("()")
