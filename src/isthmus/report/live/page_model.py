"""What the script of the report needs of a fit: decoder, encoder, codes, and how to show them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isthmus.data.source import take
from isthmus.errors import SettingError
from isthmus.fitted import CarriedPart
from isthmus.report.evaluated_fit import EvaluatedFit
from isthmus.report.live.nearness import known_codes, reach_of
from isthmus.report.live.packing import packed, packed_codes
from isthmus.report.live.reading import reading_of
from isthmus.report.plane import Plane

MEASURED = 256
"""Examples on which it is measured what 16-bit numbers change."""

WORK = 3_000_000
"""Most numbers that a program may compute to follow the pointer: some tens of milliseconds."""

SIDE = 64
"""Largest side, in pixels, of images that one can draw."""

EXAMPLES_BYTES = 1_000_000
"""Most bytes of examples, other than images, that the page shows with their reconstructions."""

SPARSE, OFF = 0.5, 0.02
"""A code is sparse if this share of its entries is off: below this share of their largest."""


@dataclass(frozen=True)
class Live:
    """The model in the page.

    Attributes
    ----------
    data : mapping or None
        Plain JSON that the script reads; None where the page carries no model.
    sentence : str
        What the page carries, or why it carries nothing.
    known : ndarray of shape (m, d)
        Codes of training examples.
    reach : float
        Distance from the nearest of them beyond which a code is far from the data; 0 for none.
    """

    data: Mapping[str, object] | None
    sentence: str
    known: np.ndarray
    reach: float


def live_model(fit: EvaluatedFit, plane: Plane) -> Live:
    """Return what the page of a fit carries, or why it carries no model.

    Parameters
    ----------
    fit
        Its ``live_limit`` is the largest size of the decoder, in MB.
    plane
        The codes of the examples shown, in the plane.
    """
    known = known_codes(fit)
    nothing = Live(None, "", known, 0.0)
    codes, labels = fit.codes, _labels(fit)
    some = None if labels is None else labels[:MEASURED]
    if fit.live_limit <= 0:
        return nothing
    try:
        decoder = fit.model.carry("decoder", codes[:MEASURED], some)
    except SettingError as error:
        return Live(None, f"This page does not carry the decoder. {error}", known, 0.0)
    if reason := _too_large(decoder, fit.live_limit):
        return Live(None, reason, known, 0.0)
    encoder = _encoder(fit, 1e6 * fit.live_limit - decoder.size)
    symbols = _symbols(fit)
    reach = 0.0 if symbols is not None else reach_of(known)
    data = {
        "decoder": decoder.description,
        "encoder": None if encoder is None else encoder.description,
        "labels": _conditions(fit, labels),
        "codes": packed_codes(codes),
        "middle": plane.middle.tolist(),
        "directions": plane.directions.tolist(),
        "dimensions": _dimensions(codes),
        "symbols": symbols,
        "features": _features(codes),
        "known": packed_codes(known),
        "reach": reach,
        "start": int(((codes - codes.mean(axis=0)) ** 2).sum(axis=1).argmin()),
        "reading": reading_of(fit),
        "examples": _examples(fit),
    }
    return Live(data, _sentence(decoder, encoder), known, reach)


def _too_large(decoder: CarriedPart, limit: float) -> str:
    """Say why a decoder is too large for the page; nothing if it is not."""
    if decoder.size > 1e6 * limit:
        return (
            f"The decoder would take {_megabytes(decoder.size)} of this page, above the limit of "
            f"{limit:g} MB (--live-limit, or live_limit= in Python), so the page shows pictures of "
            "what it decodes."
        )
    if decoder.work > WORK:
        return (
            f"The decoder computes {decoder.work:,} numbers for every code, too many to follow a "
            "pointer, so the page shows pictures of what it decodes."
        )
    return ""


def _labels(fit: EvaluatedFit) -> np.ndarray | None:
    """Return the labels of the examples shown, where the model is conditioned on labels."""
    if not fit.model.conditional:
        return None
    return np.concatenate([np.asarray(part.labels) for part in fit.shown_parts.values()])


def _conditions(fit: EvaluatedFit, labels: np.ndarray | None) -> dict[str, object] | None:
    if labels is None:
        return None
    names = fit.model.labels or []
    place = {name: i for i, name in enumerate(names)}
    own = [place.get(label, 0) for label in labels.tolist()]
    return {"names": [*map(str, names)], "own": own, "start": place.get(fit.label, 0)}


def _encoder(fit: EvaluatedFit, left: float) -> CarriedPart | None:
    """Return the encoder of images that are small enough to draw, if there is space for it."""
    shape = fit.model.image_shape
    if shape is None or max(shape[:2]) > SIDE or shape[2] not in (1, 3):
        return None
    some = take(fit.shown.examples, slice(0, MEASURED))
    labels = None if fit.shown.labels is None else fit.shown.labels[:MEASURED]
    try:
        encoder = fit.model.carry("encoder", some, labels)
    except SettingError:
        return None
    return encoder if encoder.size <= left and encoder.work <= WORK else None


def _dimensions(codes: np.ndarray) -> list[dict[str, object]]:
    """Return a slider for each dimension: those that vary most first, or those of the two axes."""
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    margin = 0.1 * (high - low)
    margin = np.where(margin > 0, margin, 1.0)
    spread = codes.std(axis=0)
    order = np.argsort(-spread, kind="stable") if len(spread) > 2 else range(len(spread))
    return [
        {"index": int(i), "low": float(low[i] - margin[i]), "high": float(high[i] + margin[i])}
        for i in order
    ]


def _symbols(fit: EvaluatedFit) -> dict[str, object] | None:
    """Return the symbols of the examples, and what each adds to the code, of a discrete code."""
    parts = [fit.model.symbols(part.examples) for part in fit.shown_parts.values()]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    _, codes = found[0]
    return {
        "base": codes.base.tolist(),
        "steps": [packed(own) for own in codes.steps],
        "own": packed(np.concatenate([own for own, _ in found]), "int32"),
    }


def _features(codes: np.ndarray) -> list[int] | None:
    """Return the dimensions that are on for some examples, the most frequent first, if few are."""
    size = np.abs(codes)
    largest = size.max(axis=0)
    used = largest > 1e-6 * max(float(largest.max()), 1e-30)
    on = size > OFF * largest
    if codes.shape[1] < 3 or not used.any() or on[:, used].mean() > SPARSE:
        return None
    frequency = np.where(used, on.mean(axis=0), -1.0)
    return [int(i) for i in np.argsort(-frequency, kind="stable") if used[i]]


def _examples(fit: EvaluatedFit) -> dict[str, object] | None:
    """Return the first examples as numbers (k, D), where they are not images."""
    if fit.model.image_shape is not None:
        return None
    parts = [np.asarray(part.examples, np.float32) for part in fit.shown_parts.values()]
    rows = np.concatenate([part.reshape(len(part), -1) for part in parts])
    return packed(rows[: max(1, EXAMPLES_BYTES // (4 * rows.shape[1]))])


def _sentence(decoder: CarriedPart, encoder: CarriedPart | None) -> str:
    size = decoder.size + (0 if encoder is None else encoder.size)
    what = "the decoder" if encoder is None else "encoder and decoder"
    kept = decoder.weights if encoder is None or encoder.weights == decoder.weights else "both"
    if kept == "float32":
        return f"This page carries {what}: {_megabytes(size)}, as float32."
    if kept == "both":
        return f"This page carries {what}: {_megabytes(size)}, in part as float16."
    return (
        f"This page carries {what}: {_megabytes(size)}, as float16, which changes what is decoded "
        f"by at most {100 * decoder.deviation:.2g}% of the range."
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
