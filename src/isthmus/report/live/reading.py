"""How a page shows a decoded example: as an image, as a curve, or as a row of a table."""

import numpy as np

from isthmus.report.evaluated_fit import EvaluatedFit

SIGNAL, SMOOTH = 24, 0.8
"""Columns from which examples may be signals, and the correlation of neighbouring ones at least."""

LOOKED_AT = 500
"""Maximum number of examples that this is seen from."""


def reading_of(fit: EvaluatedFit) -> dict[str, object]:
    """Return how to show the decoded examples of a fit: plain JSON with a ``kind``.

    ``image``: ``shape`` (H, W, C), ``limits`` (black and white), and the values of ``paper`` and
    ``ink`` to draw with. ``curve``: ``range``. ``table``: ``columns``, as `Schema.decodings`.
    """
    low, high = fit.limits
    shape = fit.model.image_shape
    if shape is not None:
        values = np.asarray(fit.shown.examples, np.float64)
        paper = float(np.nanmedian(values[:LOOKED_AT]))
        ink = high if high - paper >= paper - low else low
        return {"kind": "image", "shape": shape, "limits": [low, high], "paper": paper, "ink": ink}
    if fit.schema is not None:
        return {"kind": "table", "columns": fit.schema.decodings()}
    values = np.asarray(fit.shown.examples, np.float64)
    values = values.reshape(len(values), -1)
    if is_signal(values[:LOOKED_AT]):
        margin = 0.05 * (high - low)
        return {"kind": "curve", "range": [low - margin, high + margin]}
    least, most = np.fmin.reduce(values), np.fmax.reduce(values)  # over what is not missing
    ends = zip(np.nan_to_num(least).tolist(), np.nan_to_num(most).tolist(), strict=True)
    named = zip(fit.model.column_names, ends, strict=True)
    columns = [
        {"name": name, "kind": "number", "start": i, "width": 1, "how": "number", "range": seen}
        for i, (name, seen) in enumerate(named)
    ]
    return {"kind": "table", "columns": columns}


def is_signal(values: np.ndarray) -> bool:
    """Tell whether rows (n, D) are signals: long, and smooth along their columns.

    Examples
    --------
    >>> time, phase = np.linspace(0, 9, 50), np.arange(20)[:, None]
    >>> is_signal(np.sin(time + phase)), is_signal(np.random.default_rng(0).normal(size=(20, 50)))
    (True, False)
    """
    if values.shape[1] < SIGNAL:
        return False
    known = ~np.isnan(values)
    means = np.nansum(values, axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - means, 0.0)
    energy = float((centred**2).sum())
    return energy > 0 and float((centred[:, 1:] * centred[:, :-1]).sum()) > SMOOTH * energy
