"""What the comparison with PCA is made of: five digits, the networks, and measures on arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts

if TYPE_CHECKING:
    from isthmus import Autoencoder, AutoencoderClassifier
    from isthmus.studies.workbench import Workbench

DIGITS = (0, 1, 2, 4, 7)
SPLITS = ("train", "validation", "test")
SHARES = {"train": 2277, "validation": 759, "test": 759}
"""Images of each digit."""

SIZES = (32, 64, 128, 256)
ARCHITECTURES = {1: (512, 256, 256), 2: (512, 512, 512), 3: (512, 256, 128, 64)}
"""Widths of the classifiers' hidden layers, by the number that the report gives them."""

Parts = dict[str, np.ndarray]
"""An array for each of `SPLITS`."""

PCA, ONE, THREE = "PCA", "one hidden layer", "three hidden layers"
NOISE = {"denoising, 20% noise": 0.2, "denoising, 40% noise": 0.4}
"""Standard deviation of the noise, on pixels in [0, 1]."""

ERROR, ACCURACY = "reconstruction error", "accuracy"


@dataclass(frozen=True, eq=False)
class Digits:
    """The report's five digits.

    Parameters
    ----------
    images : Parts of (n, 28, 28)
        8-bit pixels.
    labels : Parts of (n,)
        Which digit.
    """

    images: Parts
    labels: Parts

    @property
    def pixels(self) -> Parts:
        """The images as rows (n, 784) in [0, 1]."""
        return each(self.images, lambda x: x.reshape(len(x), -1).astype(np.float32) / 255)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a classifier does with codes.

    Parameters
    ----------
    predicted : Parts of (n,)
        Digits that it reads.
    accuracy : mapping of str to float
        Percent right, by split.
    """

    predicted: Parts
    accuracy: Mapping[str, float]


Outcomes = dict[tuple[int, int], Outcome]
"""By size of the code and number of the architecture."""


def each(parts: Parts, function: Callable[[Any], Any]) -> Parts:
    """Return what a function makes of every part.

    Examples
    --------
    >>> each({"train": np.ones(2), "test": np.ones(3)}, len)
    {'train': 2, 'test': 3}
    """
    return {split: function(part) for split, part in parts.items()}


def draw(labels: np.ndarray, shares: Mapping[str, int], seed: int = 0) -> Parts:
    """Draw places of disjoint parts, ``shares`` of each digit, in random order.

    Examples
    --------
    >>> places = draw(np.repeat(DIGITS, 3), {"train": 2, "test": 1})
    >>> len(places["train"]), len(places["test"])
    (10, 5)
    """
    rng = np.random.default_rng(seed)
    ends = np.cumsum(list(shares.values()))
    by_digit = [
        np.split(rng.permutation(np.flatnonzero(labels == digit))[: ends[-1]], ends[:-1])
        for digit in DIGITS
    ]
    return {
        split: rng.permutation(np.concatenate(places))
        for split, places in zip(shares, zip(*by_digit, strict=True), strict=True)
    }


def autoencoder(
    size: int, hidden: tuple[int, ...], *, learning_rate: float, epochs: int, noise: float = 0.0
) -> "Autoencoder":
    """Return 784 - hidden - size - hidden - 784, all logistic but the input."""
    return isthmus.Autoencoder(
        size,
        encoder=isthmus.networks.Dense(hidden=hidden, activation="sigmoid"),
        latent=isthmus.latents.Deterministic(activation="sigmoid"),
        likelihood=isthmus.likelihoods.Gaussian(output="sigmoid"),
        corruption=isthmus.corruption.Gaussian(noise) if noise else None,
        penalties=(),
        scaling="pixels",
        start="random",
        optimizer="adam",
        learning_rate=learning_rate,
        schedule="cosine",
        epochs=epochs,
        batch_size=64,
        patience=10,
        random_state=0,
    )


def classifier(widths: tuple[int, ...], *, epochs: int, seed: int = 0) -> "AutoencoderClassifier":
    """Return a network with logistic hidden layers of these widths and a softmax output."""
    *hidden, last = widths
    return isthmus.AutoencoderClassifier(
        last,
        encoder=isthmus.networks.Dense(
            hidden=tuple(hidden), activation="sigmoid", finish_output=True
        ),
        decoder=None,
        penalties=(),
        scaling="none",
        start="random",
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
        epochs=epochs,
        batch_size=32,
        patience=5,
        random_state=seed,
    )


def outcome_of(fitted: "isthmus.AutoencoderClassifier", codes: Parts, labels: Parts) -> Outcome:
    """Return what a fitted classifier does with codes, or with images."""
    predicted = each(codes, fitted.predict)
    return Outcome(
        predicted, {s: 100 * float((predicted[s] == labels[s]).mean()) for s in predicted}
    )


def standardised(pixels: Parts) -> tuple[Parts, np.ndarray]:
    """Return pixels with zero mean and unit deviation over the training part, and the deviations.

    A pixel that is the same in every training image is only centred.

    Examples
    --------
    >>> parts, deviations = standardised({"train": np.array([[0.0, 5.0], [4.0, 5.0]])})
    >>> parts["train"].tolist(), deviations.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [2.0, 1.0])
    """
    mean, deviation = pixels["train"].mean(axis=0), pixels["train"].std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1)
    return each(pixels, lambda x: (x - mean) / deviation), deviation


def setting(size: int, number: int) -> str:
    """Name a code's size and a classifier, as the records have it.

    Examples
    --------
    >>> setting(32, 1)
    'd=32, architecture 1'
    """
    return f"d={size}, architecture {number}"


def slug(name: str) -> str:
    """Return a name fit for a file.

    Examples
    --------
    >>> slug("denoising, 20% noise")
    'denoising-20-noise'
    """
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())


def read_codes(
    bench: "Workbench",
    system: str,
    codes: Parts,
    digits: Digits,
    number: int,
    seed: int = 0,
) -> Outcome:
    """Train a classifier on codes."""
    train, held_out = (
        (codes[s].astype(np.float32), digits.labels[s]) for s in ("train", "validation")
    )
    spec = classifier(ARCHITECTURES[number], epochs=bench.pick(40, quick=2), seed=seed)
    name = f"classifier on {system}, {setting(codes['train'].shape[1], number)}, seed {seed}"
    fitted = bench.fit(name, spec, *train, validation_data=held_out)
    return outcome_of(fitted, each(codes, lambda c: c.astype(np.float32)), digits.labels)


def judge_by_classifiers(
    bench: "Workbench", system: str, codes: Mapping[int, Parts], digits: Digits
) -> Outcomes:
    """Train every classifier on codes of every size, and record how many digits it reads."""
    outcomes = {
        (d, number): read_codes(bench, system, codes[d], digits, number)
        for d in codes
        for number in ARCHITECTURES
    }
    for (d, number), outcome in outcomes.items():
        for split in ("validation", "test"):
            bench.record(
                system, setting(d, number), ACCURACY, split, outcome.accuracy[split],
                unit="%", better="higher", examples=len(digits.labels[split]),
            )  # fmt: skip
    return outcomes


def train(
    bench: "Workbench", system: str, digits: Digits, specs: Mapping[int, Any]
) -> "dict[int, isthmus.Autoencoder]":
    """Fit autoencoders by the size of their code, record their errors, show what they rebuild."""
    fitted = {d: fit(bench, f"{system}, d={d}", spec, digits) for d, spec in specs.items()}
    for d, model in fitted.items():
        for split in SPLITS:
            error = model.measure(digits.images[split])["mse"]
            bench.record(system, f"d={d}", ERROR, split, error, unit="mse a pixel")
    rebuilt = {f"d={d}": m.reconstruct(digits.images["test"]) / 255 for d, m in fitted.items()}
    show_rebuilt(bench, slug(system), digits, rebuilt, system)
    return fitted


def fit(bench: "Workbench", name: str, spec: Any, digits: Digits) -> Any:
    """Fit an autoencoder to the training images, stopping by the validation images."""
    images = digits.images
    return bench.fit(name, spec, images["train"], validation_data=images["validation"])


def two_of_each(labels: np.ndarray) -> np.ndarray:
    """Return the places of the first two images of each digit.

    Examples
    --------
    >>> two_of_each(np.repeat(DIGITS, 3))[:4].tolist()
    [0, 1, 3, 4]
    """
    return np.concatenate([np.flatnonzero(labels == digit)[:2] for digit in DIGITS])


def show_rebuilt(
    bench: "Workbench",
    name: str,
    digits: Digits,
    rebuilt: Mapping[str, np.ndarray],
    system: str,
) -> None:
    """Show test images above their reconstructions, a row a system."""
    shown = two_of_each(digits.labels["test"])
    rows = {"original": digits.images["test"][shown] / 255}
    rows |= {row: images[shown].reshape(-1, 28, 28) for row, images in rebuilt.items()}
    bench.figure(
        name,
        charts.ImageRows(rows, limits=(0, 1)),
        f"Test images, and their reconstructions: {system}.",
        main=name == "side-by-side",
    )


def noisy(fitted: "isthmus.Autoencoder", images: Parts) -> Parts:
    """Return images with the noise that a denoising autoencoder was trained on, drawn anew."""
    return {s: fitted.corrupt(images[s], seed=1 + i) for i, s in enumerate(SPLITS)}


def noisy_codes(fitted: "isthmus.Autoencoder", images: Parts) -> Parts:
    """Return the codes of noisy images."""
    return each(noisy(fitted, images), fitted.transform)


def best_on_validation(outcomes: Outcomes) -> tuple[int, int]:
    """Return size and architecture of the highest validation accuracy."""
    return max(outcomes, key=lambda key: outcomes[key].accuracy["validation"])


def best_of_size(outcomes: Outcomes, size: int) -> Outcome:
    """Return the outcome of the architecture that is best on validation images."""
    chosen = {key: outcome for key, outcome in outcomes.items() if key[0] == size}
    return chosen[best_on_validation(chosen)]
