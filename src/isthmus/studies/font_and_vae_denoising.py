"""Part B of font-and-vae: a denoising autoencoder of the letters, and what noise it undoes."""

from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts
from isthmus.studies.font_and_vae_letters import (
    CHOSEN_RATE,
    DEEPEST,
    as_images,
    faithful,
    fit_letters,
    read_letters,
    written,
    wrong_pixels,
)

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

COPIES, SCALE, DRAWS = 5, 0.2, 20
LEVELS = np.linspace(0, 0.5, 11)
FLIPS = range(7)
FAILS = 0.5
"""A character fails outright if more than this share of its draws comes back wrong."""


def denoise_letters(bench: "Workbench") -> None:
    """Train on noisy letters; measure over noise levels, characters, flips and copies."""
    X, names = read_letters(bench)
    bench.section(
        "Denoising autoencoder",
        f"""{written(DEEPEST)}, logistic, learning rate 0.000985, {epochs_of(bench)} epochs of
        {COPIES} noisy versions of each letter: normal noise of standard deviation {SCALE}, cut at
        one half, which flips a bit with probability 0.6%. The report is silent on the batch: 32 of
        the 160 versions are taken, the size of the alphabet. The noise is drawn anew in every step,
        isthmus's way, save where the number of copies is the question.""",
    )
    model = denoiser(bench, X, seed=0)
    plain = fit_letters(bench, X, DEEPEST, CHOSEN_RATE, seed=0)
    measure_noise_levels(bench, X, names, {"denoising": model, "not denoising": plain})
    show_noisy_letters(bench, X, model)
    measure_flips(bench, X, names)
    compare_copies(bench, X)


def epochs_of(bench: "Workbench") -> int:
    """Return how many epochs every denoising autoencoder is trained."""
    return bench.pick(2000, quick=20)


def denoiser(bench: "Workbench", X: np.ndarray, seed: int) -> "isthmus.Autoencoder":
    """Fit the report's denoising autoencoder."""
    model = faithful(
        DEEPEST,
        corruption=isthmus.corruption.BinarisedGaussian(SCALE),
        epochs=epochs_of(bench),
        random_state=seed,
    )
    return bench.fit(f"denoising, seed {seed}", model, np.repeat(X, COPIES, axis=0))


def noisy(X: np.ndarray, level: float, seed: int = 0) -> np.ndarray:
    """Return letters with normal noise added, cut at one half.

    Examples
    --------
    >>> noisy(np.array([[0, 1]]), 0.0).tolist()
    [[0, 1]]
    """
    noise = np.random.default_rng(seed).normal(scale=level, size=X.shape)
    return (X + noise > 0.5).astype(np.uint8)


def flipped(X: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Return letters with exactly ``count`` bits flipped in each.

    Examples
    --------
    >>> flipped(np.zeros((2, 5), np.uint8), 3).sum(axis=1).tolist()
    [3, 3]
    """
    order = np.random.default_rng(seed).random(X.shape).argsort(axis=1)
    return np.where(order < count, 1 - X, X)


def wrong_after(model: "isthmus.Autoencoder", X: np.ndarray, spoilt: np.ndarray) -> np.ndarray:
    """Count the wrong pixels (cases, n, draws) of letters rebuilt from spoilt ones.

    Parameters
    ----------
    model
        An autoencoder.
    X
        Letters (n, D), clean.
    spoilt
        Cases of n times as many draws (cases, n * draws, D), a letter's draws together.
    """
    rebuilt = model.reconstruct(spoilt.reshape(-1, X.shape[1])).reshape(spoilt.shape)
    clean = np.repeat(X, spoilt.shape[1] // len(X), axis=0)
    return wrong_pixels(np.broadcast_to(clean, spoilt.shape), rebuilt).reshape(
        len(spoilt), len(X), -1
    )


def measure_noise_levels(
    bench: "Workbench",
    X: np.ndarray,
    names: list[str],
    models: "dict[str, isthmus.Autoencoder]",
) -> None:
    """Draw the error against the noise level: on average, and for every character."""
    spoilt = np.array([noisy(np.repeat(X, DRAWS, axis=0), level) for level in LEVELS])
    errors = {name: wrong_after(model, X, spoilt) for name, model in models.items()}
    bench.figure(
        "noise-levels",
        charts.Curves(
            {name: (LEVELS, wrong.mean(axis=(1, 2))) for name, wrong in errors.items()},
            x_label="standard deviation of the noise",
            y_label="wrong pixels a letter",
        ),
        f"""Mean reconstruction error, {DRAWS} samples a letter and level; the autoencoder that is
        not denoising is the one of the first section.""",
        main=True,
    )
    at = int(np.abs(LEVELS - SCALE).argmin())
    for name, wrong in errors.items():
        bench.record(
            f"{name} autoencoder",
            f"noise of {SCALE}",
            "wrong pixels a letter",
            "20 samples a letter",
            float(wrong[at].mean()),
            unit="pixels",
        )
    bench.figure(
        "noise-levels-by-character",
        charts.Matrix(
            errors["denoising"].mean(axis=2).T,
            names,
            [f"{level:.2f}" for level in LEVELS],
            row_label="character",
            column_label="standard deviation of the noise",
        ),
        f"Wrong pixels by character, denoising, mean of {DRAWS} samples.",
    )


def show_noisy_letters(bench: "Workbench", X: np.ndarray, model: "isthmus.Autoencoder") -> None:
    """Draw letters, noisy letters and what the autoencoder makes of them."""
    for name, spoilt, words in (
        ("noise-0.2", noisy(X, SCALE), f"noise of {SCALE}, as in training"),
        ("noise-0.4", noisy(X, 0.4), "noise of 0.4"),
    ):
        shown = slice(1, 32, 2)
        bench.figure(
            name,
            charts.ImageRows(
                {
                    "original": as_images(X[shown]),
                    "noisy": as_images(spoilt[shown]),
                    "reconstructed": as_images(model.reconstruct(spoilt)[shown]),
                },
                limits=(0, 1),
            ),
            f"Every second letter: original, noisy and reconstructed; {words}.",
        )


def measure_flips(bench: "Workbench", X: np.ndarray, names: list[str]) -> None:
    """Flip an exact number of bits; find which characters fail and which are immune."""
    seeds = bench.pick(range(3), quick=range(1))
    spoilt = np.array([flipped(np.repeat(X, DRAWS, axis=0), count) for count in FLIPS])
    models = [denoiser(bench, X, seed) for seed in seeds]
    wrong = np.array([wrong_after(model, X, spoilt) for model in models])
    shares = (wrong > 1).mean(axis=-1)  # (seeds, flips, letters)
    fates = [fate(shares[0, count], names) for count in FLIPS]
    bench.table(
        ["flipped bits", "wrong pixels a letter", "fail outright", "immune"],
        [
            [count, f"{wrong[0, count].mean():.2f}", " ".join(fails), " ".join(immune)]
            for count, (fails, immune) in enumerate(fates)
        ],
        f"""An exact number of flipped bits, {DRAWS} draws per letter, first seed. A draw is wrong
        with more than one wrong pixel; a character fails outright if more than half of its draws
        are wrong, and is immune if none is.""",
    )
    for count in FLIPS[2:]:
        bench.record(
            "denoising autoencoder",
            f"{count} flipped bits",
            "wrong pixels a letter",
            f"{DRAWS} draws a letter",
            wrong[:, count].mean(axis=(1, 2)).tolist(),
            unit="pixels",
        )
    failing, immune = (shares > FAILS).sum(axis=-1), (shares == 0).sum(axis=-1)
    bench.claim(
        "Beyond one flipped bit some characters fail outright while others are immune.",
        holds=bool(((failing > 0) & (immune > 0))[:, 2:].any(axis=1).all()),
        evidence="Characters that fail / are immune, mean over seeds, by flipped bits: "
        + ", ".join(
            f"{count}: {failing[:, count].mean():.1f} / {immune[:, count].mean():.1f}"
            for count in FLIPS
        )
        + ".",
    )


def fate(shares: np.ndarray, names: list[str]) -> tuple[list[str], list[str]]:
    """Return the characters that fail outright, and those that are immune.

    Parameters
    ----------
    shares
        Share of draws (n,) in which each character came back wrong.
    names
        Of the n characters.

    Examples
    --------
    >>> fate(np.array([0.0, 0.5, 0.6]), ["a", "b", "c"])
    (['c'], ['a'])
    """
    return (
        [name for name, share in zip(names, shares, strict=True) if share > FAILS],
        [name for name, share in zip(names, shares, strict=True) if share == 0],
    )


def restored_by_flips(X: np.ndarray, model: "isthmus.Autoencoder") -> np.ndarray:
    """Return the share of letters back within one pixel, for 0 to 6 flipped bits: (7,).

    Every flip of one bit is tried; of more bits, as many draws.
    """
    draws = X.shape[1]
    letters = np.repeat(X, draws, axis=0)
    spoilt = np.array([flipped(letters, count) for count in FLIPS])
    spoilt[1] = letters ^ np.tile(np.eye(draws, dtype=X.dtype), (len(X), 1))
    return (wrong_after(model, X, spoilt) <= 1).mean(axis=(1, 2))


def compare_copies(bench: "Workbench", X: np.ndarray) -> None:
    """Train on ever more fixed noisy copies, with equally many steps."""
    counts = bench.pick((1, 2, 5, 10, 20), quick=(1, 5))
    seeds = bench.pick(range(3), quick=range(2))
    bench.text(
        """How many copies are needed: here the noisy copies of a letter are drawn once and stay,
        the targets are clean, and every network takes the same number of steps."""
    )
    restored = {
        f"{count}": [restored_with_copies(bench, X, count, seed) for seed in seeds]
        for count in counts
    }
    restored["drawn anew"] = [
        float(restored_by_flips(X, denoiser(bench, X, seed))[1]) for seed in seeds
    ]
    for name, shares in restored.items():
        bench.record(
            "denoising autoencoder",
            f"copies: {name}",
            "letters restored within one pixel",
            "all flips of one bit",
            shares,
            unit="fraction",
            better="higher",
        )
    one = restored["1"]
    needed = [count for count in counts if clearly_above(restored[f"{count}"], one)]
    bench.claim(
        "A minimum of noisy copies of each letter is needed.",
        holds=bool(needed),
        evidence="Letters restored from one flipped bit, mean over seeds, by copies: "
        + ", ".join(f"{name}: {np.mean(shares):.0%}" for name, shares in restored.items())
        + (
            f". The fewest that are clearly better than one copy: {needed[0]}."
            if needed
            else ". No number of copies is clearly better than one."
        ),
    )


def restored_with_copies(bench: "Workbench", X: np.ndarray, copies: int, seed: int) -> float:
    """Return the share of letters restored from one flipped bit, trained on fixed copies."""
    epochs = bench.pick(2000, quick=20)

    def compute() -> dict[str, np.ndarray]:
        from isthmus.studies.font_and_vae_copies import FixedCopies

        noise = FixedCopies(copies=copies, scale=SCALE, seed=seed)
        model: Any = faithful(DEEPEST, corruption=noise, epochs=epochs, random_state=seed)
        model.fit(np.repeat(X, COPIES, axis=0))
        if model.stop_reason_ == "interrupted":
            raise KeyboardInterrupt
        return {"restored": restored_by_flips(X, model)}

    kept = bench.keep(f"{copies} fixed copies, seed {seed}", compute, X, copies, seed, epochs)
    return float(kept["restored"][1])


def clearly_above(values: list[float], others: list[float]) -> bool:
    """Tell whether a mean exceeds another by more than two standard errors of the difference.

    Examples
    --------
    >>> clearly_above([0.6, 0.7], [0.3, 0.2]), clearly_above([0.6, 0.1], [0.3, 0.2])
    (True, False)
    """
    error = np.sqrt(sum(np.var(v, ddof=1) / len(v) for v in (values, others)))
    return bool(np.mean(values) - np.mean(others) > 2 * error)
