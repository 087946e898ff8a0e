"""The study of a convolutional autoencoder, second part: transfer to few labels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

DIGITS = 10
LABELS = 80
BEST_SIZE = 10
UNITS = 64
"""Hidden units of the small head."""

NEAR_ONE = 0.99
CURVES = ("train loss", "test loss", "train accuracy", "test accuracy")


@dataclass(frozen=True)
class Images:
    """Images (n, 28, 28) in 0..255 and the digits on them."""

    train: np.ndarray
    train_digits: np.ndarray
    test: np.ndarray
    test_digits: np.ndarray


def labelled(digits: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Draw which ``count`` examples are labelled, equally many of every digit.

    Examples
    --------
    >>> digits = np.repeat(np.arange(10), 5)
    >>> np.bincount(digits[labelled(digits, 20, seed=0)]).tolist()
    [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    """
    rng = np.random.default_rng(seed)
    each = count // DIGITS
    kinds = (np.flatnonzero(digits == digit) for digit in range(DIGITS))
    return np.concatenate([rng.choice(kind, each, replace=False) for kind in kinds])


def head() -> Any:
    """Return the hidden layer of the small head; the classifier adds the output layer."""
    return isthmus.networks.Dense(hidden=(), activation="relu", finish_output=True)


def with_head(encoder: Any, seed: int) -> Any:
    """Return a fitted encoder, weights and running statistics, with a fresh hidden layer after."""
    (size,) = encoder.affines[-1].out_shape
    fresh = head().build(size, UNITS, rng=np.random.default_rng(seed))
    return isthmus.networks.Chain(
        (*encoder.affines, *fresh.affines), (*encoder.finishes, *fresh.finishes)
    )


def classifier(encoder: Any, scaling: str, epochs: int, seed: int) -> Any:
    """Return a classifier for few examples that starts from the weights of ``encoder``, if any."""
    return isthmus.AutoencoderClassifier(
        UNITS,
        encoder=encoder,
        decoder=None,
        latent="deterministic",
        penalties=(),
        scaling=scaling,
        start="random",
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
        epochs=epochs,
        batch_size=16,
        patience=0,
        validation_fraction=0,
        random_state=seed,
    )


@dataclass(frozen=True)
class Pupil:
    """A way to learn from labels: what it sees of the images, and how its classifier is made."""

    train: np.ndarray
    test: np.ndarray
    make: Callable[[int, int], Any]


def frozen(autoencoder: "isthmus.Autoencoder", images: Images) -> Pupil:
    """Learn from codes, standardised: the encoder stays as it is."""
    train, test = (autoencoder.transform(part) for part in (images.train, images.test))
    return Pupil(train, test, lambda epochs, seed: classifier(head(), "standard", epochs, seed))


def fine_tuned(autoencoder: "isthmus.Autoencoder", images: Images) -> Pupil:
    """Learn from images: the encoder learns on."""

    def make(epochs: int, seed: int) -> Any:
        encoder = with_head(autoencoder.model_.encoder, seed)
        return classifier(encoder, "pixels", epochs, seed)

    return Pupil(images.train, images.test, make)


def accuracies(
    pupil: Pupil, images: Images, draws: Sequence[int], epochs: int
) -> dict[str, list[float]]:
    """Return train and test accuracy for every draw of the labelled images."""
    found: dict[str, list[float]] = {"train": [], "test": []}
    for draw in draws:
        chosen = labelled(images.train_digits, LABELS, draw)
        fitted = pupil.make(epochs, draw).fit(pupil.train[chosen], images.train_digits[chosen])
        found["train"].append(fitted.score(pupil.train[chosen], images.train_digits[chosen]))
        found["test"].append(fitted.score(pupil.test, images.test_digits))
    return found


def follow(pupil: Pupil, images: Images, epochs: int, shown: int) -> dict[str, np.ndarray]:
    """Return loss and accuracy after every epoch, on the labelled and the first test images."""
    chosen = labelled(images.train_digits, LABELS, 0)
    parts = [
        (pupil.train[chosen], images.train_digits[chosen]),
        (pupil.test[:shown], images.test_digits[:shown]),
    ]
    learner, rows = pupil.make(epochs, 0), []
    for _ in range(epochs):
        learner.partial_fit(*parts[0], classes=np.arange(DIGITS))
        states = [loss_and_accuracy(learner.predict_proba(x), y) for x, y in parts]
        rows.append(np.transpose(states).ravel())
    return dict(zip(CURVES, np.transpose(rows), strict=True))


def loss_and_accuracy(probabilities: np.ndarray, digits: np.ndarray) -> tuple[float, float]:
    """Return cross-entropy (nats) and accuracy of probabilities (n, 10).

    Examples
    --------
    >>> loss_and_accuracy(np.full((4, 10), 0.1), np.zeros(4, int))
    (2.30..., 1.0)
    """
    of_truth = probabilities[np.arange(len(digits)), digits]
    loss = -np.log(np.maximum(of_truth, 1e-30)).mean()
    return float(loss), float((probabilities.argmax(axis=1) == digits).mean())


def transfer(
    bench: "Workbench", images: Images, fits: "Mapping[tuple[int, int], isthmus.Autoencoder]"
) -> dict[int, np.ndarray]:
    """Teach digits to the encoders from few labels; return the frozen ones' test accuracies."""
    epochs, draws, tuned_draws = bench.pick((100, 10, 5), quick=(8, 2, 2))
    bench.section(
        "Transfer to 80 labels",
        f"""A small head on the code (d-{UNITS}-10, ReLU, cross-entropy) is trained on {LABELS}
        labelled images, once with the encoder frozen and once with the encoder fine-tuned.""",
        f"""The report is silent on the rest; chosen are {LABELS // DIGITS} random training images
        of every digit, Adam at 0.001, mini-batches of 16 and {epochs} epochs for both, the
        frozen codes standardised. An accuracy is the mean over encoders (seeds) times draws of the
        labelled images ({draws}, fine-tuned {tuned_draws}), on {len(images.test):,} test
        images.""",
        """The report gives one test accuracy, about 0.84, and says of the frozen encoder only that
        it does better than the fine-tuned one; both are compared with it.""",
    )
    ways = {"frozen": frozen, "fine-tuned": fine_tuned}
    sizes = sizes_of(fits)
    limits = {
        "frozen": (draws, sizes),
        "fine-tuned": (tuned_draws, bench.pick(sizes, quick=[BEST_SIZE])),
    }
    found = {
        name: learn(bench, images, fits, name, way, *limits[name], epochs)
        for name, way in ways.items()
    }
    curves = learning_curves(bench, images, fits, ways, epochs)
    judge_transfer(bench, found, curves)
    return {size: by_split["test"] for size, by_split in found["frozen"].items()}


def sizes_of(fits: "Mapping[tuple[int, int], isthmus.Autoencoder]") -> list[int]:
    """Return the code sizes among the fits, rising."""
    return sorted({size for size, _ in fits})


def learn(
    bench: "Workbench",
    images: Images,
    fits: "Mapping[tuple[int, int], isthmus.Autoencoder]",
    name: str,
    way: Callable[[Any, Images], Pupil],
    draws: int,
    sizes: Sequence[int],
    epochs: int,
) -> dict[int, dict[str, np.ndarray]]:
    """Return and record accuracies by code size and split, a number a seed and draw (s, draws)."""
    seeds = sorted({seed for _, seed in fits})
    found: dict[int, dict[str, np.ndarray]] = {}
    for size in sizes:
        kept = [few_labels(bench, images, fits[size, s], f"transfer, {name}, d={size}, seed {s}",
                           way, draws, epochs) for s in seeds]  # fmt: skip
        found[size] = {split: np.stack([k[split] for k in kept]) for split in ("train", "test")}
        for split, values in found[size].items():
            bench.record(
                f"transfer, {name}", f"d={size}, {LABELS} labels", "accuracy", split,
                values.ravel().tolist(), unit="fraction", better="higher",
            )  # fmt: skip
    return found


def few_labels(
    bench: "Workbench",
    images: Images,
    autoencoder: "isthmus.Autoencoder",
    name: str,
    way: Callable[[Any, Images], Pupil],
    draws: int,
    epochs: int,
) -> dict[str, np.ndarray]:
    """Return the accuracies of one autoencoder's encoder, a number a draw."""
    pupil = way(autoencoder, images)
    return bench.keep(
        name,
        lambda: accuracies(pupil, images, range(draws), epochs),
        draws, pupil.make(epochs, 0).get_params(), LABELS, images.train_digits,
        autoencoder.transform(images.test),
    )  # fmt: skip


def learning_curves(
    bench: "Workbench",
    images: Images,
    fits: "Mapping[tuple[int, int], isthmus.Autoencoder]",
    ways: Mapping[str, Callable[[Any, Images], Pupil]],
    epochs: int,
) -> dict[str, dict[str, np.ndarray]]:
    """Draw the curves of one draw for several code sizes; return those of the size of 10."""
    shown, sizes = bench.pick((2000, (2, BEST_SIZE, 30)), quick=(300, (BEST_SIZE,)))
    curves = {
        (size, name): bench.keep(
            f"curves, {name}, d={size}",
            lambda way=way, size=size: follow(way(fits[size, 0], images), images, epochs, shown),
            epochs, shown, UNITS, LABELS, images.train_digits, name == "frozen",
            fits[size, 0].transform(images.test),
        )
        for size in sizes
        for name, way in ways.items()
    }  # fmt: skip
    steps = np.arange(1, epochs + 1)
    for quantity, label in (("loss", "cross-entropy (nats)"), ("accuracy", "accuracy")):
        for size in sizes:
            lines = {
                f"{name}, {split}": (steps, curves[size, name][f"{split} {quantity}"])
                for name in ways
                for split in ("train", "test")
            }
            bench.figure(
                f"transfer-{quantity}-d-{size}",
                charts.Curves(lines, x_label="epoch", y_label=label),
                f"""The {quantity} while learning from {LABELS} labels on a code of {size}: one draw
                of the labels, measured on them and on {shown:,} test images, encoder frozen and
                fine-tuned.""",
                main=(quantity, size) == ("accuracy", BEST_SIZE),
            )
    return {name: curves[BEST_SIZE, name] for name in ways}


def judge_transfer(
    bench: "Workbench",
    found: Mapping[str, Mapping[int, Mapping[str, np.ndarray]]],
    curves: Mapping[str, Mapping[str, np.ndarray]],
) -> None:
    """Draw accuracy against the code size, and record the report's claim about it."""
    bench.figure(
        "transfer-by-size",
        charts.Curves(
            {name: accuracy_by_size(of_sizes) for name, of_sizes in found.items()},
            x_label="code size d",
            y_label=f"test accuracy, {LABELS} labels",
        ),
        "Test accuracy after transfer against the code size; bars: one standard deviation.",
        main=True,
    )
    bench.text(single_draws(found))
    ends = {name: {k: v.mean() for k, v in found[name][BEST_SIZE].items()} for name in found}
    gaps = {name: end["train"] - end["test"] for name, end in ends.items()}
    reached = {name: first_above(c["train accuracy"], NEAR_ONE) for name, c in curves.items()}
    epochs = len(curves["frozen"]["train accuracy"])
    lowest = {name: int(np.argmin(c["test loss"])) + 1 for name, c in curves.items()}
    bench.claim(
        "Fine-tuning overfits faster.",
        lowest["fine-tuned"] < lowest["frozen"] and reached["fine-tuned"] < reached["frozen"],
        f"""At d = {BEST_SIZE}, test loss is least after {_both(lowest)} epochs; train accuracy is
        {NEAR_ONE} after {_both(reached)} ({epochs + 1}: never); at the end train accuracy
        leads test accuracy by {gaps["frozen"]:.3f} (frozen) and
        {gaps["fine-tuned"]:.3f} (fine-tuned).""",
    )
    bench.claim(
        "Fine-tuned, the train accuracy comes near 1.",
        bool(ends["fine-tuned"]["train"] >= NEAR_ONE),
        f"At d = {BEST_SIZE} it is {ends['fine-tuned']['train']:.3f}; {NEAR_ONE} counts as near.",
    )
    tuned = found["fine-tuned"][BEST_SIZE]["test"]
    ahead, error = lead(found["frozen"][BEST_SIZE]["test"][:, : tuned.shape[1]], tuned)
    bench.claim(
        "The frozen encoder does better on the test than the fine-tuned one.",
        ahead > 2 * error,
        f"""At d = {BEST_SIZE} the frozen one leads by {ahead:.3f} ± {error:.3f} (standard error,
        over the same draws).""",
    )
    best_size(bench, {size: by_split["test"] for size, by_split in found["frozen"].items()})


def single_draws(found: Mapping[str, Mapping[int, Mapping[str, np.ndarray]]]) -> str:
    """Return between which accuracies single draws of the labels lie: the report has one draw."""
    words = []
    for name, of_sizes in found.items():
        own = of_sizes[BEST_SIZE]["test"]
        best = max(of_sizes, key=lambda size: of_sizes[size]["test"].max())
        words.append(
            f"{name} from {own.min():.3f} to {own.max():.3f} with a code of {BEST_SIZE}, and up to "
            f"{of_sizes[best]['test'].max():.3f} with one of {best}"
        )
    return f"""The report's figure is of one draw of {LABELS} images. By the draw alone the
        accuracies here differ: {"; ".join(words)}."""


def best_size(bench: "Workbench", accuracy: Mapping[int, np.ndarray]) -> None:
    """Test whether a code of about 10 transfers best."""
    best = max(accuracy, key=lambda size: accuracy[size].mean())
    behind, error = lead(accuracy[best], accuracy[BEST_SIZE])
    bench.claim(
        "A code size of about 10 is best.",
        behind <= 2 * error,
        f"""Frozen, the best is d = {best} at {accuracy[best].mean():.3f}; d = {BEST_SIZE} has
        {accuracy[BEST_SIZE].mean():.3f}, less by {behind:.3f} ± {error:.3f} (standard error, over
        the same draws); within two standard errors counts as best.""",
    )


def accuracy_by_size(
    found: Mapping[int, Mapping[str, np.ndarray]],
) -> tuple[list[int], list[float], list[float]]:
    """Return code sizes, mean test accuracies and their standard deviations."""
    values = [of_split["test"] for of_split in found.values()]
    return [*found], [float(v.mean()) for v in values], [float(v.std(ddof=1)) for v in values]


def lead(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return by how much the first is ahead on average, and its standard error over pairs.

    Examples
    --------
    >>> lead(np.array([3.0, 5.0]), np.array([1.0, 1.0]))
    (3.0, 1.0)
    """
    difference = (first - second).ravel()
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(difference.size))


def first_above(curve: np.ndarray, level: float) -> int:
    """Return after how many epochs a curve first reaches a level; one more than all if never.

    Examples
    --------
    >>> first_above(np.array([0.2, 0.9, 1.0]), 0.9), first_above(np.array([0.2]), 0.9)
    (2, 2)
    """
    reached = np.flatnonzero(curve >= level)
    return int(reached[0]) + 1 if len(reached) else len(curve) + 1


def _both(numbers: Mapping[str, int]) -> str:
    return " and ".join(f"{number} ({name})" for name, number in numbers.items())
