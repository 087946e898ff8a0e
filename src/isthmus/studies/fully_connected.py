"""Two small fully connected autoencoders on MNIST, codes of 2 and 4."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import isthmus
from isthmus.report import charts
from isthmus.studies.fully_connected_codes import (
    bottleneck_of_the_first,
    bottleneck_of_the_second,
    record_code,
)
from isthmus.studies.fully_connected_measures import (
    DIGITS,
    Images,
    System,
    by_digit,
    errors,
    first_live_seed,
    flat,
    shares_of,
    still_read,
)
from isthmus.studies.study import Study

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

READ_WELL = 0.8
"""Share of a digit's reconstructions, read as that digit, from which on they are fairly good."""

BARELY_READ = 0.5
"""Share below which they are barely visible."""


def run(bench: "Workbench") -> None:
    """Reproduce the report, part by part."""
    images = load(bench)
    first, second = the_two_autoencoders(bench, images)
    pca = principal_components(bench, images)
    reader = bench.fit(
        "reader of digits", digit_reader(bench.pick(5, quick=4)), images.train, images.train_digits
    )
    inputs_and_reconstructions(bench, images, reader, first, second, pca)
    bottleneck_of_the_first(bench, images, first, second, pca)
    bottleneck_of_the_second(bench, images, second)
    what_isthmus_would_do(bench, images, reader, (first, second, *pca))


def load(bench: "Workbench") -> Images:
    """Return the images of the study."""
    source = bench.source("mnist")
    test = source.test
    assert source.labels is not None
    assert test is not None
    assert test.labels is not None
    n, m = bench.pick(len(source), quick=2000), bench.pick(len(test), quick=1000)
    return Images(source.examples[:n], source.labels[:n], test.examples[:m], test.labels[:m])


def autoencoder(size: int, seed: int, epochs: int, batch_size: int) -> Any:
    """Return the report's autoencoder with a bottleneck of ``size`` neurons."""
    dense = isthmus.networks.Dense(hidden=(50,), activation="relu")
    return isthmus.Autoencoder(
        size,
        encoder=dense,
        decoder=dense,
        latent=isthmus.latents.Deterministic(activation="relu"),
        likelihood=isthmus.likelihoods.Gaussian(output="sigmoid"),
        penalties=(),
        scaling="pixels",
        start="random",
        optimizer="adam",
        learning_rate=1e-3,
        schedule="constant",
        epochs=epochs,
        batch_size=batch_size,
        patience=0,
        validation_fraction=0,
        random_state=seed,
    )


def digit_reader(epochs: int) -> Any:
    """Return a classifier of images, to read reconstructions with."""
    return isthmus.AutoencoderClassifier(
        64,
        encoder=isthmus.networks.Dense(hidden=(256,), activation="relu"),
        latent=isthmus.latents.Deterministic(activation="relu"),
        decoder=None,
        penalties=(),
        scaling="pixels",
        epochs=epochs,
        batch_size=128,
        patience=0,
        validation_fraction=0,
        random_state=0,
    )


def encoded(name: str, fitted: "isthmus.Autoencoder", images: Images) -> System:
    """Return what a fitted autoencoder makes of the images."""
    return System(
        name,
        fitted.latent_dim,
        fitted.transform(images.train),
        fitted.transform(images.test),
        fitted.reconstruct(images.test) / 255,
    )


def the_two_autoencoders(bench: "Workbench", images: Images) -> tuple[System, System]:
    """Train both, and say what was chosen where the report is silent."""
    bench.section(
        "The two autoencoders",
        """The report trains two autoencoders on all ten digits of MNIST for 800 epochs: autoencoder
        1 has a bottleneck of 2 neurons, autoencoder 2 of 4.""",
        f"""The report does not print the widths; chosen are those of the assignment behind it:
        784-50-d-50-784, ReLU in the hidden layers and at the bottleneck, mean squared error, Adam
        at 0.001, mini-batches of {batch_of(bench)}.""",
        """The output's activation is not given either: it is logistic here, because pixels lie in
        [0, 1].""",
        f"""Trained on {len(images.train):,} images, without a validation set; measured on
        {len(images.test):,} test images.""",
    )
    first, second = (train(bench, images, number, size) for number, size in ((1, 2), (2, 4)))
    for system in (first, second):
        bench.record(
            system.name, system.setting, "bottleneck outputs above zero", "test",
            float((system.test_codes > 0).mean()), unit="fraction", better="higher",
        )  # fmt: skip
    return first, second


def batch_of(bench: "Workbench") -> int:
    """Return the size of a mini-batch of both autoencoders."""
    return bench.pick(8192, quick=128)


def train(bench: "Workbench", images: Images, number: int, size: int) -> System:
    """Train one of the report's autoencoders, from the first seed that kills no unit."""
    name, seeds = f"autoencoder {number}", range(10)
    epochs, trial = bench.pick((800, 20), quick=(6, 2))

    def fitted(title: str, seed: int, epochs: int) -> Any:
        spec = autoencoder(size, seed, epochs, batch_size=batch_of(bench))
        return bench.fit(title, spec, images.train)

    # The learning rate is constant, so a trial is the very beginning of the whole training.
    seed = first_live_seed(
        lambda s: fitted(f"{name}, trial of seed {s}", s, trial).transform(images.train), seeds
    )
    chosen = fitted(name, seed, epochs)
    system = encoded(name, chosen, images)
    dead = len(isthmus.evaluation.diagnose(system.train_codes)["dead"])
    bench.text(
        f"""{name.capitalize()}: {chosen.n_parameters_:,} parameters, random seed {seed}, the first
        from {seeds[0]} on without a dead bottleneck neuron after {trial} epochs: a ReLU that is
        zero for every image learns no more. After {epochs} epochs {dead} of its {size} neurons are
        dead."""
    )
    return system


def principal_components(bench: "Workbench", images: Images) -> tuple[System, System]:
    """Return PCA at the sizes of the two codes."""
    train, test = (flat(part) for part in (images.train, images.test))
    kept = bench.keep("PCA", lambda: asdict(isthmus.evaluation.fit_pca(train, 4)), train)
    pca = isthmus.evaluation.PCABaseline(**kept)

    def at(size: int) -> System:
        rebuilt = pca.reconstruct(test, size).reshape(images.test.shape)
        codes, test_codes = pca.transform(train, size), pca.transform(test, size)
        return System("PCA", size, codes, test_codes, rebuilt)

    return at(2), at(4)


def record_reconstruction(
    bench: "Workbench", system: System, images: Images, reader: "isthmus.AutoencoderClassifier"
) -> None:
    """Record how good the reconstructions of a system are."""
    bench.record(
        system.name, system.setting, "reconstruction error", "test",
        float(errors(system, images).mean()), unit="mse a pixel",
    )  # fmt: skip
    bench.record(
        system.name, system.setting, "reconstructions read as their digit", "test",
        float(still_read(system, images, reader).mean()), unit="fraction", better="higher",
    )  # fmt: skip


def inputs_and_reconstructions(
    bench: "Workbench",
    images: Images,
    reader: "isthmus.AutoencoderClassifier",
    first: System,
    second: System,
    pca: Sequence[System],
) -> None:
    """Reproduce figures 1 and 2, and measure what the report says of them."""
    accuracy = (reader.predict(images.test) == images.test_digits).mean()
    bench.section(
        "Figures 1 and 2: inputs and reconstructions",
        f"""How visible a digit is, is measured by a classifier (784-256-64-10) trained on the
        originals, which reads {accuracy:.1%} of the original test images rightly: the share of
        reconstructions that it still reads as their digit. The report's "fairly well" is taken as
        {READ_WELL:.0%} of them or more, "barely visible" as less than {BARELY_READ:.0%}.""",
    )
    originals, shown = flat(images.test).reshape(images.test.shape), images.examples
    for number, system in enumerate((first, second), start=1):
        rows = {"input": originals[shown], system.name: system.rebuilt[shown]}
        figure = charts.ImageRows(rows, columns=DIGITS, limits=(0, 1))
        caption = f"""Figure {number} of the report: the first test image of every digit, and its
        reconstruction by {system.name}."""
        bench.figure(f"figure-{number}", figure, " ".join(caption.split()), main=True)
    systems = (first, second, *pca)
    for system in systems:
        record_reconstruction(bench, system, images, reader)
    visible_digits(bench, images, reader, systems)


def visible_digits(
    bench: "Workbench",
    images: Images,
    reader: "isthmus.AutoencoderClassifier",
    systems: Sequence[System],
) -> None:
    """Compare the digits, and record which are recreated."""
    error = {s.title: by_digit(errors(s, images), images.test_digits) for s in systems}
    read = {s.title: by_digit(still_read(s, images, reader), images.test_digits) for s in systems}
    bench.table(
        ["digit", *(f"{name}: error" for name in error), *(f"{name}: read" for name in read)],
        [
            [d, *(f"{e[d]:.4f}" for e in error.values()), *(f"{r[d]:.2f}" for r in read.values())]
            for d in DIGITS
        ],
        "Squared error a pixel, and share of reconstructions read as their digit, by digit, test",
    )
    one, two = (s.title for s in systems[:2])
    bars = {name: read[name] for name in (one, two)}
    bench.figure(
        "read-by-digit",
        charts.Bars(
            {name: shares.tolist() for name, shares in bars.items()},
            list(DIGITS),
            y_label="share read as the digit",
        ),
        "The share of each digit's reconstructions that are read as that digit.",
    )
    bench.claim(
        "0 and 1 are recreated fairly well by both autoencoders.",
        all(bars[name][[0, 1]].min() >= READ_WELL for name in bars),
        f"Read rightly, 0: {shares_of(bars, 0)}; 1: {shares_of(bars, 1)}.",
    )
    bench.claim(
        "2 and 3 are barely visible from autoencoder 2.",
        bool(bars[two][[2, 3]].max() < BARELY_READ),
        f"""Read rightly, 2: {shares_of(bars, 2)}; 3: {shares_of(bars, 3)}; least of all from
        autoencoder 2 is {bars[two].argmin()}, at {bars[two].min():.0%}.""",
    )


def what_isthmus_would_do(
    bench: "Workbench",
    images: Images,
    reader: "isthmus.AutoencoderClassifier",
    others: Sequence[System],
) -> None:
    """Fit the defaults to codes of 2 and 4, and compare them with the report's."""
    epochs = bench.pick(10, quick=1)
    bench.section(
        "What isthmus would do",
        f"""The defaults, with nothing set but the size of the code, the number of epochs ({epochs},
        which take no longer than the report's 800) and the seed: a code without ReLU,
        whose units cannot die, wider GELU layers parallel to a linear path that starts at PCA,
        mini-batches of 64 and a learning rate that falls to zero. A tenth of the training images is
        held out to stop by.""",
    )
    ours = [
        encoded("isthmus", bench.fit(f"defaults, code of {size}", spec, images.train), images)
        for size in (2, 4)
        for spec in [isthmus.Autoencoder(size, epochs=epochs, random_state=0)]
    ]
    for system in ours:
        record_reconstruction(bench, system, images, reader)
        record_code(bench, system, images)
    originals, shown = flat(images.test).reshape(images.test.shape), images.examples
    systems = sorted((*others, *ours), key=lambda system: system.size)
    bench.figure(
        "side-by-side",
        charts.ImageRows(
            {"input": originals[shown], **{s.title: s.rebuilt[shown] for s in systems}},
            columns=DIGITS,
            limits=(0, 1),
        ),
        "The first test image of every digit, rebuilt from codes of 2 and 4 by each system.",
        main=True,
    )
    bench.figure(
        "defaults-code",
        charts.Points(ours[0].test_codes[:3000], images.test_digits[:3000]),
        "The code of 2 that the defaults learn, as in figure 3.",
    )


STUDY = Study(
    name="fully-connected",
    title="Two fully connected autoencoders on MNIST, codes of 2 and 4",
    needs=("mnist",),
    minutes=12,
    run=run,
)
