"""The verdict in words: what a model is worth for what it is for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from isthmus.doctor import Finding, Fit, Imputed
from isthmus.plainjson import Facts, JsonObject
from isthmus.report.numbers import set_name

LEVEL = 0.01
"""Relative difference of two errors below which they count as equal."""

FEW = 50
"""With fewer examples than this the verdict says from how many it is."""

SURE = 2.0
"""Standard errors beyond which a difference counts."""

LIKE_DATA = 0.6
"""Share separated by the nearest neighbour up to which samples are like reconstructions."""


class Difference(NamedTuple):
    """A mean difference over examples, paired, and its standard error."""

    mean: float
    error: float
    examples: int

    @classmethod
    def of(cls, one: np.ndarray, other: np.ndarray) -> "Difference":
        """Return one minus other, over their rows."""
        apart = np.asarray(one, np.float64) - np.asarray(other, np.float64)
        error = float(apart.std(ddof=1) / np.sqrt(len(apart))) if len(apart) > 1 else float("inf")
        return cls(float(apart.mean()), error, len(apart))

    @property
    def counts(self) -> bool:
        """Whether it is beyond two standard errors."""
        return abs(self.mean) > SURE * self.error


def make_verdict(
    metrics: Facts,
    split: str,
    fit: Fit | None = None,
    findings: Sequence[Finding] = (),
) -> JsonObject:
    """Say what a model is worth, by what it is for, and beyond two standard errors.

    A classifier or a regressor is compared with the majority and with a linear model on the
    columns; a code that is drawn with probabilistic PCA and by its samples; a denoiser by what it
    makes of noisy examples; any other by its squared error, compared with PCA's, which is a
    footnote for these. Where entries were missing, what is filled in for hidden ones is compared
    with the mean and with regression on the other columns.

    Parameters
    ----------
    metrics : mapping
        Holds ``reconstruction`` and ``pca``, as ``metrics.json`` does.
    split : str
        The set that the model is measured on.
    fit
        The model as plain numbers; without it errors are compared without their uncertainty.
    findings
        What the doctor found; the verdict follows the first that says stop.

    Returns
    -------
    dict
        ``beats_pca`` (bool), ``split``, ``ratio`` (the autoencoder's error over PCA's, None
        where PCA has none), ``sentence``, ``kind``, ``difference``, ``standard_error`` and
        ``examples`` of the paired comparison (None without one).

    Examples
    --------
    >>> part = lambda error: {"test": {"mse": error}}
    >>> make_verdict({"reconstruction": part(0.03), "pca": part(0.04)}, "test")["sentence"]
    "The autoencoder beats PCA: its error on the test set is 25% below PCA's (0.03 against 0.04)."
    """
    paired = None if fit is None else Difference.of(fit.measured.own, fit.measured.pca)
    footnote, ratio = _error_sentence(metrics, split, paired, findings)
    kind, sentence = "reconstruction", footnote
    if fit is not None:
        kind, sentence = _by_purpose(fit, split, footnote)
        if fit.imputed is not None:
            sentence += f" {_imputation_sentence(fit.imputed)}"
        if len(fit.measured.own) < FEW:
            count = len(fit.measured.own)
            some = "example" if count == 1 else "examples"
            sentence += f" The {set_name(split)} set has only {count} {some}."
    stop = next((one for one in findings if one.severity == "stop"), None)
    if stop is not None:
        sentence = f"Do not use this model yet. {stop.sentence}"
    return {
        "beats_pca": bool(ratio is not None and ratio < 1 and (paired is None or paired.counts)),
        "split": split,
        "ratio": ratio,
        "sentence": sentence,
        "kind": kind,
        "difference": None if paired is None else paired.mean,
        "standard_error": None if paired is None else paired.error,
        "examples": None if paired is None else paired.examples,
    }


def _by_purpose(fit: Fit, split: str, footnote: str) -> tuple[str, str]:
    """Return what the model is for, and the verdict on that."""
    if fit.head is not None:
        return "prediction", f"{_head_sentence(fit, split)} {footnote}"
    if fit.corrupted is not None and fit.noise is not None:
        return "denoising", f"{_denoising_sentence(fit)} {footnote}"
    if fit.stochastic:
        return "generation", _generative_sentence(fit, footnote)
    if fit.latent_dim >= fit.features:
        return "reconstruction", _overcomplete_sentence(fit)
    return "reconstruction", footnote


def _overcomplete_sentence(fit: Fit) -> str:
    """Say what a code is good for that has as many dimensions as the input has values."""
    lost = float(fit.measured.own.mean()) / max(float(fit.measured.mean.mean()), 1e-30)
    return (
        f"A code of {fit.latent_dim} for {fit.features} values is no smaller than its input: PCA "
        "of this size loses nothing, so look at what its dimensions stand for. It loses "
        f"{lost:.1%} of the variance."
    )


def _error_sentence(
    metrics: Facts,
    split: str,
    paired: Difference | None,
    findings: Sequence[Finding],
) -> tuple[str, float | None]:
    """Compare squared errors with PCA's."""
    own = metrics["reconstruction"][split]["mse"]
    linear = metrics["pca"][split]["mse"]
    where = f"{set_name(split)} set"
    pair = f"({own:.4g} against {linear:.4g})"
    ratio = own / linear if linear > 1e-12 else None
    if ratio is None:
        sentence = (
            f"PCA with a code of this size loses nothing on the {where} {pair}, so the autoencoder "
            "cannot do better: use a smaller code."
        )
    elif abs(ratio - 1) < LEVEL or (paired is not None and not paired.counts):
        within = "" if abs(ratio - 1) < LEVEL else ", within two standard errors"
        sentence = (
            f"The autoencoder is level with PCA on the {where} {pair}{within}: PCA is simpler, "
            "so use it unless you need something that only the autoencoder offers."
        )
    elif ratio > 1:
        excess = f"{ratio:.1f} times" if ratio > 2 else f"{_percent(ratio - 1)} above"
        named = any(one.severity != "note" for one in findings)
        remedy = "See the findings." if named else "Use PCA, or train with wider layers."
        sentence = (
            f"PCA does better: the autoencoder's error on the {where} is {excess} PCA's {pair}. "
            f"{remedy}"
        )
    else:
        sentence = (
            f"The autoencoder beats PCA: its error on the {where} is "
            f"{_percent(1 - ratio)} below PCA's {pair}."
        )
    return sentence, ratio


def _head_sentence(fit: Fit, split: str) -> str:
    """Compare predictions from the code with one value for all, and with a linear model."""
    assert fit.head is not None
    head = fit.head
    accuracy = head.kind == "accuracy"
    what, trivial = ("accuracy", "the commonest label") if accuracy else ("R²", "the mean")
    model = "logistic regression" if accuracy else "linear regression"
    write = (lambda value: f"{value:.1%}") if accuracy else (lambda value: f"{value:.3f}")
    word = (
        "level with"
        if abs(head.difference) <= SURE * head.error
        else ("better than" if head.difference > 0 else "worse than")
    )
    return (
        f"What is read from the code has {what} {write(head.score)} on the {set_name(split)} set, "
        f"{word} {model} on the columns ({write(head.linear)}); {trivial} has "
        f"{write(head.chance)}."
    )


def _denoising_sentence(fit: Fit) -> str:
    """Compare errors on noisy examples with PCA's and with the noise itself."""
    assert fit.corrupted is not None
    assert fit.noise is not None
    own, noise = float(fit.corrupted.mean()), float(fit.noise.mean())
    text = f"From noisy examples the model recovers clean ones with an error of {own:.4g}"
    if fit.pca_corrupted is None:
        return f"{text}; the noise itself is {noise:.4g}."
    linear = Difference.of(fit.corrupted, fit.pca_corrupted)
    word = "level with" if not linear.counts else "below" if linear.mean < 0 else "above"
    return f"{text}, {word} PCA's {fit.pca_corrupted.mean():.4g}; the noise itself is {noise:.4g}."


def _imputation_sentence(imputed: Imputed) -> str:
    """Compare errors of entries that were hidden with those of regression and of the mean."""
    apart = Difference.of(imputed.own, imputed.regression)
    word = "level with" if not apart.counts else "below" if apart.mean < 0 else "above"
    text = (
        f"Entries that are hidden are filled in with an error of {imputed.own.mean():.4g}, {word} "
        f"that of regression on the other columns ({imputed.regression.mean():.4g}); the mean has "
        f"{imputed.mean.mean():.4g}."
    )
    worse = apart.counts and apart.mean > 0
    return f"{text} To fill in blanks, take a larger code, or that regression." if worse else text


def _generative_sentence(fit: Fit, footnote: str) -> str:
    """Return the verdict on a code that is drawn: bound, active dimensions, samples."""
    parts = []
    if fit.bound is not None and fit.linear_bound is not None:
        gain = Difference.of(fit.bound, fit.linear_bound)
        word = "level with" if not gain.counts else "above" if gain.mean > 0 else "below"
        parts.append(
            f"The model's bound on the log likelihood is {fit.bound.mean():.4g} nats per example, "
            f"{word} probabilistic PCA's log likelihood ({fit.linear_bound.mean():.4g})."
        )
    if fit.kl is not None:
        active = int((fit.codes.var(axis=0) > 0.01).sum())
        parts.append(f"{active} of {fit.latent_dim} dimensions of the code are active.")
    if fit.samples_apart is not None and fit.distances is not None:
        alike = fit.samples_apart <= LIKE_DATA
        rebuilt, sampled = (float(np.median(one)) for one in fit.distances)
        parts.append(
            f"Samples are {'hardly' if alike else 'easily'} distinguished from reconstructions "
            f"({fit.samples_apart:.0%} by their nearest neighbour, 50% if alike), and lie "
            f"{sampled / max(rebuilt, 1e-12):.2g} times as far from the data as these."
        )
    first = footnote.split(":")[0].rstrip(".").replace("The ", "the ", 1)
    return " ".join([*parts, f"(By squared error: {first}.)"])


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%"
