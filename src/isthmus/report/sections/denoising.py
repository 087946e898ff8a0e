"""Images before corruption, after it, and as the autoencoder reconstructs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from isthmus import figures
from isthmus.data.source import take
from isthmus.plainjson import JsonObject
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.png import strip
from isthmus.report.section import Metrics, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = 12
"""Most images shown."""


@dataclass(frozen=True)
class Denoised:
    """Images (n, H, W, C): clean, corrupted as in training, and reconstructed from the latter."""

    clean: np.ndarray
    corrupted: np.ndarray
    denoised: np.ndarray
    limits: figures.Limits


class Denoising(Section[Denoised]):
    """Images under the corruption that the fit used."""

    name = "denoising"
    title = "Denoising"
    template = """
<p class="lead">Clean examples, the same with the corruption of the training, and their
  reconstructions.</p>
<figure class="rows">
  {% for label, address in rows %}
  <span>{{ label }}</span><img class="pixels" src="{{ address }}" alt="{{ label }} examples">
  {% endfor %}
</figure>
"""

    def collect(self, fit: EvaluatedFit, metrics: Metrics) -> Denoised | None:
        model, shown = fit.model, fit.shown
        if model.image_shape is None or getattr(model.estimator, "corruption", None) is None:
            return None
        some = np.arange(min(SHOWN, len(shown)))
        clean = take(shown.examples, some)
        corrupted = model.estimator.corrupt(clean, fit.seed)
        labels = None if shown.labels is None else shown.labels[some]
        denoised = model.reconstruct(corrupted, labels)
        return Denoised(
            clean=model.images(clean),
            corrupted=model.images(corrupted),
            denoised=model.images(denoised),
            limits=fit.limits,
        )

    def view(self, data: Denoised) -> JsonObject:
        rows = {"clean": data.clean, "corrupted": data.corrupted, "denoised": data.denoised}
        return {"rows": [(name, strip(images, 64, data.limits)) for name, images in rows.items()]}

    def figures(self, data: Denoised) -> Iterator[tuple[str, "Figure"]]:
        rows = data.clean, data.corrupted, data.denoised
        yield "corruption", figures.corruption(*rows, data.limits)
