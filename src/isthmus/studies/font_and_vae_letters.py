"""Part A of font-and-vae: 32 bitmap letters through autoencoders of growing depth."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

DEPTHS = ((), (16,), (24, 16), (32, 24, 16))
DEEPEST = DEPTHS[-1]
RATES = (0.0003, 0.0009, 0.000985, 0.003, 0.01)
FIRST_RATE, CHOSEN_RATE = 0.000985, 0.0009


def encode_letters(bench: "Workbench") -> None:
    """Vary depth and learning rate, then look at the chosen network's codes and letters."""
    X, names = read_letters(bench)
    bench.section(
        "Autoencoders of 32 letters",
        f"""Thirty-two glyphs of 7 rows and 5 columns; every layer is logistic, the code of two as
        well; Adam at 0.000985. The report is silent on the loss and the length of training:
        binary cross-entropy is taken, because the pixels are bits, and {epochs_of(bench):,} epochs
        of one batch of all 32 letters; after 20,000 the deepest network's error is all but
        zero.""",
    )
    compare_depths(bench, X)
    compare_rates(bench, X)
    chosen = fit_letters(bench, X, DEEPEST, CHOSEN_RATE, seed=0)
    show_codes(bench, X, names, chosen)
    show_letters(bench, X, chosen)


def read_letters(bench: "Workbench") -> tuple[np.ndarray, list[str]]:
    """Return the bitmaps (32, 35) and the letters' printable names."""
    source = bench.source("letters-5x7")
    assert source.labels is not None
    return np.asarray(source.examples), [
        "DEL" if label == "\x7f" else str(label) for label in source.labels
    ]


def faithful(hidden: tuple[int, ...], **settings: Any) -> "isthmus.Autoencoder":
    """Return the report's autoencoder: logistic throughout, a code of two."""
    slots = {
        "activation": "sigmoid",
        "latent": isthmus.latents.Deterministic(activation="sigmoid"),
        "likelihood": "bernoulli",
        "penalties": (),
        "start": "random",
        "schedule": "constant",
        "learning_rate": FIRST_RATE,
        "batch_size": 32,
        "patience": 0,
        "validation_fraction": 0,
    }
    return isthmus.Autoencoder(2, hidden=hidden, **slots | settings)


def epochs_of(bench: "Workbench") -> int:
    """Return how many epochs every autoencoder of letters is trained."""
    return bench.pick(20_000, quick=100)


def fit_letters(
    bench: "Workbench", X: np.ndarray, hidden: tuple[int, ...], rate: float, seed: int
) -> Any:
    """Fit the report's autoencoder to the letters."""
    model = faithful(
        hidden,
        learning_rate=rate,
        epochs=epochs_of(bench),
        random_state=seed,
    )
    return bench.fit(f"letters {written(hidden)}, rate {rate}, seed {seed}", model, X)


def written(hidden: tuple[int, ...]) -> str:
    """Return an architecture as the report writes it, up to the code.

    Examples
    --------
    >>> written((24, 16))
    '35-24-16-2 and back'
    """
    return "-".join(map(str, (35, *hidden, 2))) + " and back"


def wrong_pixels(X: np.ndarray, X_hat: np.ndarray) -> np.ndarray:
    """Count the pixels of each letter that are wrong when rounded at one half: (n,).

    Examples
    --------
    >>> wrong_pixels(np.array([[0, 1, 1]]), np.array([[0.2, 0.9, 0.4]])).tolist()
    [1]
    """
    return ((np.asarray(X_hat) > 0.5) != (np.asarray(X) > 0.5)).sum(axis=-1)


def thinned(losses: Sequence[Sequence[float]], points: int = 150) -> tuple[np.ndarray, np.ndarray]:
    """Return epochs, evenly spread on a logarithmic axis, and the mean loss over seeds at them.

    Examples
    --------
    >>> thinned([[4.0, 2.0], [2.0, 2.0]])[1].tolist()
    [3.0, 2.0]
    """
    mean = np.mean(losses, axis=0)
    epochs = np.unique(np.geomspace(1, len(mean), points).round().astype(int))
    return epochs, mean[epochs - 1]


def compare_depths(bench: "Workbench", X: np.ndarray) -> None:
    """Fit every architecture with several seeds; the error should fall with depth."""
    seeds = bench.pick(range(5), quick=range(2))
    losses, errors = {}, []
    for hidden in DEPTHS:
        fits = [fit_letters(bench, X, hidden, FIRST_RATE, seed) for seed in seeds]
        wrong = [wrong_pixels(X, model.reconstruct(X)) for model in fits]
        losses[written(hidden)] = [model.history_["train_loss"] for model in fits]
        final = [loss[-1] for loss in losses[written(hidden)]]
        errors.append(float(np.mean(final)))
        bench.record(
            "autoencoder", written(hidden), "final error", "train", final, unit="nats a letter"
        )
        bench.record(
            "autoencoder",
            written(hidden),
            "wrong pixels, all letters",
            "train",
            [int(counts.sum()) for counts in wrong],
            unit="pixels",
        )
    bench.figure(
        "depths",
        charts.Curves(
            {name: thinned(runs) for name, runs in losses.items()},
            x_label="epoch",
            y_label="error (nats a letter)",
            log_x=True,
            log_y=True,
        ),
        f"Error curves of the four architectures at {FIRST_RATE}, mean over seeds.",
        main=True,
    )
    bench.claim(
        "The error falls with depth.",
        holds=all(shallow > deep for shallow, deep in pairwise(errors)),
        evidence="Final error, mean over seeds, from the shallowest to the deepest: "
        + ", ".join(f"{error:.3g}" for error in errors)
        + " nats a letter.",
    )


def compare_rates(bench: "Workbench", X: np.ndarray) -> None:
    """Fit the deepest architecture at several learning rates."""
    seeds = bench.pick(range(3), quick=range(1))
    bench.text(
        """Learning rates of the deepest network: the report's two, and, because it does not list
        the others, three from a third of them to ten times as much."""
    )
    losses = {}
    for rate in RATES:
        fits = [fit_letters(bench, X, DEEPEST, rate, seed) for seed in seeds]
        losses[rate] = [model.history_["train_loss"] for model in fits]
        bench.record(
            "autoencoder",
            f"{written(DEEPEST)}, learning rate {rate}",
            "final error",
            "train",
            [loss[-1] for loss in losses[rate]],
            unit="nats a letter",
        )
    bench.figure(
        "learning-rates",
        charts.Curves(
            {f"{rate}": thinned(runs) for rate, runs in losses.items()},
            x_label="epoch",
            y_label="error (nats a letter)",
            log_x=True,
            log_y=True,
        ),
        "Error curves of the deepest architecture a learning rate, mean over seeds.",
    )
    final = {rate: float(np.mean([loss[-1] for loss in runs])) for rate, runs in losses.items()}
    bench.claim(
        f"Of the learning rates, {CHOSEN_RATE} is the one for the deepest architecture.",
        holds=min(final, key=lambda rate: final[rate]) == CHOSEN_RATE,
        evidence="Final error, mean over seeds: "
        + ", ".join(f"{error:.2g} at {rate}" for rate, error in final.items())
        + " nats a letter.",
    )


def show_codes(
    bench: "Workbench", X: np.ndarray, names: list[str], model: "isthmus.Autoencoder"
) -> None:
    """Draw every letter's code, and a new letter from a point between two codes."""
    codes = model.transform(X)
    bench.figure(
        "letter-codes",
        charts.NamedPoints(codes, names),
        f"The code of every letter; {written(DEEPEST)}, learning rate {CHOSEN_RATE}.",
        main=True,
    )
    pairs = list(combinations(range(len(X)), 2))
    midpoints = np.array([(codes[i] + codes[j]) / 2 for i, j in pairs])
    distances = distance_to_nearest(model.inverse_transform(midpoints), X)
    i, j = pairs[int(distances.argmax())]
    steps = np.linspace(0, 1, 9)[:, None]
    path = model.inverse_transform((1 - steps) * codes[i] + steps * codes[j])
    bench.figure(
        "new-letter",
        charts.ImageRows(
            {"as decoded": as_images(path), "rounded": as_images(path > 0.5)},
            [f"{step:.2g}" for step in steps.ravel()],
            (0, 1),
        ),
        f"""From the code of {names[i]} (0) to that of {names[j]} (1). The letter halfway is new:
        {distances.max()} pixels from the nearest of the 32, the most of all pairs.""",
    )


def distance_to_nearest(X_hat: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Count the pixels in which rounded bitmaps differ from the nearest letter: (n,).

    Examples
    --------
    >>> distance_to_nearest(np.array([[0.9, 0.8]]), np.array([[0, 0], [0, 1]])).tolist()
    [1]
    """
    return np.min([wrong_pixels(np.broadcast_to(x, X_hat.shape), X_hat) for x in X], axis=0)


def as_images(X: np.ndarray) -> np.ndarray:
    """Return flat letters as images of 7 rows and 5 columns, black on white."""
    return 1 - np.asarray(X, np.float32).reshape(-1, 7, 5)


def show_letters(bench: "Workbench", X: np.ndarray, model: "isthmus.Autoencoder") -> None:
    """Reconstruct every letter, and count the wrong pixels."""
    rebuilt = model.reconstruct(X)
    wrong = wrong_pixels(X, rebuilt)
    setting = f"{written(DEEPEST)}, learning rate {CHOSEN_RATE}"
    for metric, value in (
        ("wrong pixels, worst letter", wrong.max()),
        ("wrong pixels, all letters", wrong.sum()),
    ):
        bench.record("autoencoder", setting, metric, "train", int(value), unit="pixels")
    bench.claim(
        "Every letter is reconstructed with at most one wrong pixel.",
        holds=bool(wrong.max() <= 1),
        evidence=f"{wrong.sum()} wrong pixels in all, {wrong.max()} in the worst letter.",
    )
    top, bottom = np.split(as_images(X), 2)
    top_rebuilt, bottom_rebuilt = np.split(as_images(rebuilt), 2)
    bench.figure(
        "letters",
        charts.ImageRows(
            {
                "original": top,
                "rebuilt": top_rebuilt,
                "original ": bottom,  # a second row of the same name
                "rebuilt ": bottom_rebuilt,
            },
            limits=(0, 1),
        ),
        f"Every letter above its reconstruction, grey as decoded; {setting}.",
        main=True,
    )
