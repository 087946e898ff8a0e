"""A convolutional autoencoder over code sizes: interpolation, decorrelation, transfer, theory."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.report import charts
from isthmus.studies.convolutional_geometry import (
    LARGE,
    Fits,
    decorrelation,
    interpolation,
    residual_jacobians,
)
from isthmus.studies.convolutional_labels import flat, label_efficiency, spread
from isthmus.studies.convolutional_transfer import (
    BEST_SIZE,
    DIGITS,
    LABELS,
    Images,
    few_labels,
    frozen,
    labelled,
    transfer,
)
from isthmus.studies.study import Study

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


SIZES = (2, 5, 10, 15, 20, 25, 30)
SMALL_GAIN = 0.25
"""What the largest d gains on 10 is small if it is less than this share of what 10 gains on 2."""


def run(bench: "Workbench") -> None:
    """Reproduce the report, part by part."""
    images = load(bench)
    baseline = principal_components(bench, images)
    fits = latent_sizes(bench, images, baseline)
    architectures(bench, images, fits)
    interpolation(bench, images, fits)
    decorrelation(bench, images, fits)
    accuracy = transfer(bench, images, fits)
    label_efficiency(bench, images, fits[BEST_SIZE, 0], baseline)
    residual_jacobians(bench)
    what_isthmus_would_do(bench, images, fits, accuracy)


def load(bench: "Workbench") -> Images:
    """Return the images of the study."""
    source = bench.source("mnist")
    test = source.test
    assert source.labels is not None
    assert test is not None
    assert test.labels is not None
    n, m = bench.pick((len(source), len(test)), quick=(1500, 600))
    return Images(source.examples[:n], source.labels[:n], test.examples[:m], test.labels[:m])


def network(channels: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """Return convolutions and two fully connected layers, the second of which gives the code."""
    return isthmus.networks.Convolutional(
        channels=channels, stride=stride, hidden=(64,), activation="relu", batch_norm=True
    )


def base() -> Any:
    """Return the report's encoder: three convolutions."""
    return network((8, 16, 32), (2, 2, 2))


def deep() -> Any:
    """Return its deep variant: four convolutions."""
    return network((8, 16, 32, 32), (2, 2, 2, 1))


def heavy() -> Any:
    """Return its heavy variant: twice the channels."""
    return network((16, 32, 64), (2, 2, 2))


def autoencoder(encoder: Any, size: int, seed: int, epochs: int) -> Any:
    """Return an autoencoder of the report, trained without early stopping."""
    return isthmus.Autoencoder(
        size,
        encoder=encoder,
        decoder="mirror",
        latent="deterministic",
        likelihood=isthmus.likelihoods.Gaussian(output="sigmoid"),
        penalties=(),
        scaling="pixels",
        start="random",
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
        epochs=epochs,
        batch_size=128,
        patience=0,
        validation_fraction=0,
        random_state=seed,
    )


def epochs_of(bench: "Workbench") -> int:
    """Return how many epochs every autoencoder is trained."""
    return bench.pick(8, quick=2)


def principal_components(bench: "Workbench", images: Images) -> Any:
    """Return PCA at the sizes of the codes."""
    train = flat(images.train)
    kept = bench.keep("PCA", lambda: asdict(isthmus.evaluation.fit_pca(train, max(SIZES))),
                      train)  # fmt: skip
    return isthmus.evaluation.PCABaseline(**kept)


def latent_sizes(bench: "Workbench", images: Images, baseline: Any) -> Fits:
    """Train an autoencoder of every code size, and compare the errors with PCA's."""
    epochs = epochs_of(bench)
    sizes, seeds = bench.pick((SIZES, (0, 1)), quick=((2, BEST_SIZE, LARGE), (0,)))
    bench.section(
        "Code sizes",
        """Encoder: three convolutions and two fully connected layers, batch normalisation, ReLU;
        the decoder mirrors it, with a logistic output and squared error.""",
        f"""The report is silent on sizes and training; chosen are 3x3 windows of stride 2, channels
        8, 16 and 32, a hidden layer of 64, Adam at 0.001, mini-batches of 128 and {epochs} epochs
        of {len(images.train):,} images, with {len(seeds)} seed(s).""",
        """The curves are on the test images, as in the report; nothing is chosen by them: the
        weights after the last epoch are kept.""",
    )
    fits = {
        (size, seed): bench.fit(
            f"base, d={size}, seed {seed}",
            autoencoder(base(), size, seed, epochs),
            images.train,
            validation_data=images.test,
        )
        for seed in seeds
        for size in sizes
    }
    for size in sizes:
        measured = [fits[size, seed].measure(images.test)["mse"] for seed in seeds]
        bench.record("base", f"d={size}", "reconstruction error", "test", measured,
                     unit="mse a pixel")  # fmt: skip
        pca = baseline.mse(flat(images.test), size)
        bench.record("PCA", f"d={size}", "reconstruction error", "test", pca, unit="mse a pixel")
    draw_sizes(bench, images, fits, sizes, baseline)
    return fits


def as_mse(nats: Sequence[float], pixels: int) -> np.ndarray:
    """Return losses of normal noise of unit variance, nats an example, as squared error a pixel.

    Examples
    --------
    >>> float(as_mse([0.5 * np.log(2 * np.pi) + 0.5 * 0.09], pixels=1)[0].round(6))
    0.09
    """
    return 2 * np.asarray(nats, float) / pixels - np.log(2 * np.pi)


def draw_sizes(
    bench: "Workbench", images: Images, fits: Fits, sizes: Sequence[int], baseline: Any
) -> None:
    """Draw the test loss by epoch and by code size, and record the gain beyond 10."""
    pixels = images.test[0].size
    lines = {
        f"d = {size}": (
            fits[size, 0].history_["epoch"],
            as_mse(fits[size, 0].history_["validation_loss"], pixels),
        )
        for size in sizes
    }
    bench.figure(
        "test-loss-by-epoch",
        charts.Curves(lines, x_label="epoch", y_label="test error (mse a pixel)", log_y=True),
        "Test loss after every epoch, a curve a code size.",
        main=True,
    )
    measured = {r.setting: r.measured for r in bench.records if r.system == "base"}
    error = {size: measured[f"d={size}"] for size in sizes}
    pca = [baseline.mse(flat(images.test), size) for size in sizes]
    bench.figure(
        "test-loss-by-size",
        charts.Curves(
            {"convolutional": (sizes, [*error.values()]), "PCA": (sizes, pca)},
            x_label="code size d", y_label="test error (mse a pixel)",
        ),
        "Test error after training against the code size, with PCA.",
    )  # fmt: skip
    largest = sizes[-1]
    before, beyond = error[2] - error[BEST_SIZE], error[BEST_SIZE] - error[largest]
    more = largest - BEST_SIZE
    bench.claim(
        "Gains are small beyond d = 10.",
        beyond < SMALL_GAIN * before,
        f"""From d = 2 to 10 the test error falls by {before:.4f} ({before / 8:.5f} a dimension),
        from 10 to {largest} by {beyond:.4f} ({beyond / more:.5f} a dimension), which is
        {beyond / before:.0%} of the former; less than {SMALL_GAIN:.0%} counts as small.""",
    )


def architectures(bench: "Workbench", images: Images, fits: Fits) -> None:
    """Compare the deep and the heavy variant with the base, at a code of 10."""
    bench.section(
        "Deep and heavy variants",
        """The report is silent on their sizes; chosen are, deep: a fourth convolution of 32
        channels and stride 1; heavy: 16, 32 and 64 channels. Code of 10, trained as the base.""",
    )
    variants = {"deep": deep(), "heavy": heavy()}
    fitted = {"base": fits[BEST_SIZE, 0]} | {
        name: bench.fit(
            f"{name}, d={BEST_SIZE}",
            autoencoder(encoder, BEST_SIZE, 0, epochs_of(bench)),
            images.train,
            validation_data=images.test,
        )
        for name, encoder in variants.items()
    }
    bench.table(
        ["architecture", "parameters", "test error (mse a pixel)", "training (s)"],
        [[name, f.n_parameters_, f.measure(images.test)["mse"], round(f.fit_seconds_, 1)]
         for name, f in fitted.items()],
        f"The three architectures at d = {BEST_SIZE}, one seed",
    )  # fmt: skip
    for name in variants:
        bench.record(
            name, f"d={BEST_SIZE}", "reconstruction error", "test",
            fitted[name].measure(images.test)["mse"], unit="mse a pixel",
        )  # fmt: skip
    pixels = images.test[0].size
    lines = {
        name: (f.history_["epoch"], as_mse(f.history_["validation_loss"], pixels))
        for name, f in fitted.items()
    }
    bench.figure(
        "architectures",
        charts.Curves(lines, x_label="epoch", y_label="test error (mse a pixel)", log_y=True),
        f"Test loss after every epoch of the three architectures, code of {BEST_SIZE}.",
    )


def what_isthmus_would_do(
    bench: "Workbench", images: Images, fits: Fits, accuracy: Mapping[int, np.ndarray]
) -> None:
    """Fit the better settings to a code of 10, and compare them with the report's."""
    epochs, draws = epochs_of(bench), accuracy[BEST_SIZE].shape[1]
    head_epochs, unlabelled = bench.pick((100, 10_000), quick=(8, 500))
    seeds = sorted({seed for _, seed in fits})
    bench.section(
        "What isthmus would do",
        f"""The same convolutions, code and number of epochs ({epochs}), with the defaults of
        isthmus: GELU, no batch normalisation, a linear path next to the network that starts at PCA,
        and a learning rate that falls to zero along a cosine, here from 0.002.""",
        f"""The labels are then spread from code to neighbouring code, over a graph of ten nearest
        neighbours that also holds {unlabelled:,} of the unlabelled training images: the frozen code
        and the same labels, and no head to overfit.""",
        """Last, isthmus.AutoencoderClassifier with nothing set learns code and classifier together,
        from all training images, of which the same few have a label.""",
    )
    ours = {seed: bench.fit(f"isthmus, d={BEST_SIZE}, seed {seed}", better(epochs, seed),
                            images.train, validation_data=images.test)
            for seed in seeds}  # fmt: skip
    theirs = {seed: fits[BEST_SIZE, seed] for seed in seeds}
    errors = {
        name: [fitted.measure(images.test)["mse"] for fitted in of_seeds.values()]
        for name, of_seeds in (("base", theirs), ("isthmus", ours))
    }
    bench.record("isthmus", f"d={BEST_SIZE}", "reconstruction error", "test", errors["isthmus"],
                 unit="mse a pixel")  # fmt: skip
    taught = np.stack([
        few_labels(bench, images, fitted, f"transfer, isthmus, d={BEST_SIZE}, seed {seed}", frozen,
                   draws, head_epochs)["test"]
        for seed, fitted in ours.items()
    ])  # fmt: skip
    setting = f"d={BEST_SIZE}, {LABELS} labels"
    bench.record("transfer, isthmus, frozen", setting, "accuracy", "test",
                 taught.ravel().tolist(), unit="fraction", better="higher")  # fmt: skip
    spreads = {name: spread_labels(bench, images, name, of_seeds, draws, unlabelled)
               for name, of_seeds in (("base", theirs), ("isthmus", ours))}  # fmt: skip
    bench.table(
        ["", "test error (mse a pixel)", "frozen, small head", "frozen, labels spread",
         "training (s)"],
        [[name, np.mean(errors[name]), heads.mean(), np.mean(spreads[name]),
          round(float(np.mean([f.fit_seconds_ for f in of_seeds.values()])), 1)]
         for name, of_seeds, heads in (("base", theirs, accuracy[BEST_SIZE]),
                                       ("isthmus", ours, taught))],
        f"Error and accuracy with {LABELS} labels on the test, means over seeds and draws",
    )  # fmt: skip
    learned_together(bench, images, bench.pick(5, quick=1))
    shown = np.array([np.flatnonzero(images.test_digits == digit)[0] for digit in range(DIGITS)])
    rows = {"input": images.test[shown] / 255} | {
        name: of_seeds[0].reconstruct(images.test[shown]) / 255
        for name, of_seeds in (("base", theirs), ("isthmus", ours))
    }
    bench.figure(
        "side-by-side",
        charts.ImageRows(rows, columns=range(DIGITS), limits=(0, 1)),
        f"The first test image of every digit, rebuilt from a code of {BEST_SIZE}.",
    )


def spread_labels(
    bench: "Workbench",
    images: Images,
    name: str,
    fitted: Mapping[int, Any],
    draws: int,
    unlabelled: int,
) -> list[float]:
    """Return and record the accuracy of labels spread over the codes, a number a seed and draw."""
    values: list[float] = []
    for seed, autoencoder in fitted.items():
        train, test = (autoencoder.transform(part) for part in (images.train, images.test))
        kept = bench.keep(
            f"labels spread, {name}, seed {seed}",
            lambda codes=(train, test): {
                "test": spread(codes[0], codes[1], images, unlabelled, range(draws))
            },
            unlabelled, draws, LABELS, images.train_digits, train, test,
        )  # fmt: skip
        values += kept["test"].tolist()
    bench.record(
        f"transfer, {name}, labels spread", f"d={BEST_SIZE}, {LABELS} labels", "accuracy", "test",
        values, unit="fraction", better="higher",
    )  # fmt: skip
    return values


def learned_together(bench: "Workbench", images: Images, draws: int) -> None:
    """Fit the default classifier to all images, few of them labelled; record its accuracy."""
    values, seconds = [], []
    for draw in range(draws):
        known = np.full(len(images.train_digits), -1)
        chosen = labelled(images.train_digits, LABELS, draw)
        known[chosen] = images.train_digits[chosen]
        fitted = bench.fit(f"isthmus, classifier, draw {draw}",
                           isthmus.AutoencoderClassifier(random_state=draw),
                           images.train, known)  # fmt: skip
        values.append(float(fitted.score(images.test, images.test_digits)))
        seconds.append(fitted.fit_seconds_)
    bench.record(
        "transfer, isthmus, learned together", f"{LABELS} labels", "accuracy", "test",
        values, unit="fraction", better="higher",
    )  # fmt: skip
    bench.table(
        ["", "accuracy", "training (s)"],
        [["learned together", np.mean(values), round(float(np.mean(seconds)), 1)]],
        f"Accuracy with {LABELS} labels on the test, mean over {draws} draws",
    )


def better(epochs: int, seed: int) -> Any:
    """Return the autoencoder that isthmus would fit."""
    return isthmus.Autoencoder(
        BEST_SIZE,
        encoder=isthmus.networks.Convolutional(channels=(8, 16, 32), hidden=(64,)),
        likelihood=isthmus.likelihoods.Gaussian(output="sigmoid"),
        learning_rate=2e-3,
        epochs=epochs,
        batch_size=128,
        patience=0,
        validation_fraction=0,
        random_state=seed,
    )


STUDY = Study(
    name="convolutional",
    title="A convolutional autoencoder over code sizes, and what its code is good for",
    needs=("mnist",),
    minutes=30,
    run=run,
)
