"""Part B of family: the likelihood of VAE and IWAE on binarised MNIST, against the epochs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import isthmus
from isthmus.plainjson import JsonObject
from isthmus.report import charts

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

BINARISATION_SEED = 0
PAPERS_EPOCHS = 3280
"""The sum of 3^i for i = 0 to 7."""


@dataclass(frozen=True)
class Size:
    """How much is trained and measured.

    Parameters
    ----------
    images, tested
        Training and test images.
    lengths
        Epochs of each training, by the number of draws k of the bound.
    few_draws, many_draws
        Draws for all test images, and for the first ``corrected`` of them.
    corrected
        How many test images say what the further draws add.
    """

    images: int
    tested: int
    lengths: Mapping[int, tuple[int, ...]]
    few_draws: int
    many_draws: int
    corrected: int


FULL = Size(
    images=60_000,
    tested=10_000,
    lengths={1: (1, 3, 9, 27), 5: (1, 3, 9), 50: (1, 3)},
    few_draws=50,
    many_draws=5000,
    corrected=300,
)
QUICK = Size(
    images=500,
    tested=200,
    lengths={1: (1, 2), 5: (1, 2), 50: (1,)},
    few_draws=5,
    many_draws=50,
    corrected=50,
)


class NLL(NamedTuple):
    """A negative log likelihood, nats an image.

    Parameters
    ----------
    few
        By the few draws, mean over all test images.
    many
        By the many draws: ``few`` and the mean difference on the corrected images.
    error
        Standard error of that difference.
    """

    few: float
    many: float
    error: float


class Trained(NamedTuple):
    """A model after a number of epochs, and its measurements."""

    epochs: int
    nll: NLL
    active: int


def compare_likelihoods(bench: "Workbench") -> None:
    """Train VAE and IWAE for more and more epochs; compare their likelihoods with the paper's."""
    size = bench.pick(FULL, quick=QUICK)
    X, X_test = read_bits(bench, size)
    introduce(bench, size)
    found = {
        k: [measure(bench, k, n, X, X_test, size) for n in size.lengths[k]] for k in (1, 5, 50)
    }
    tabulate(bench, found, size)
    draw_trend(bench, found)
    record(bench, found)
    record_claims(bench, found)


def read_bits(bench: "Workbench", size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Return training and test images as bits (n, 784)."""
    source = bench.source("mnist")
    assert source.test is not None
    grey = np.asarray(source.examples[: size.images])
    grey_test = np.asarray(source.test.examples[: size.tested])
    return binarised(grey, BINARISATION_SEED), binarised(grey_test, BINARISATION_SEED + 1)


def binarised(grey: np.ndarray, seed: int) -> np.ndarray:
    """Return bits (n, D), each 1 with the probability that its grey level (n, ...) of 255 says.

    Examples
    --------
    >>> binarised(np.array([[[0, 255]]], np.uint8), seed=0)
    array([[0, 1]], dtype=uint8)
    """
    probabilities = grey.reshape(len(grey), -1) / np.float32(255)
    draws = np.random.default_rng(seed).random(probabilities.shape, np.float32)
    return (draws < probabilities).astype(np.uint8)


def introduce(bench: "Workbench", size: Size) -> None:
    """Say what is done as in the paper, and what is not."""
    most = max(size.lengths[1])
    bench.section(
        "Likelihoods of VAE and IWAE",
        f"""Burda, Grosse and Salakhutdinov, Importance weighted autoencoders (ICLR 2016), with one
        stochastic layer: 784-200-200-50 and back, tanh, normal posterior and prior, Bernoulli
        pixels, Adam, batches of 20. The grey levels of {size.images:,} training images and of
        {size.tested:,} test images are taken for probabilities and drawn once, with fixed seeds;
        the bits are not those of the file by Larochelle with which other papers work.""",
        f"""What is cut: the paper trains for {PAPERS_EPOCHS:,} epochs and lets the learning rate
        fall from 0.001 to 0.0001 in eight stages; here it falls from 0.001 to zero along a cosine,
        over 1 to {most} epochs, and every number of epochs is a training of its own. The figures
        stand next to those of a hundred times as much training, or more: look at the trend.""",
        f"""Negative log likelihoods are by {size.many_draws:,} draws of the posterior. To measure
        all test images in time, all are measured by {size.few_draws} draws, and the first
        {size.corrected} by {size.many_draws:,}, of which the {size.few_draws} are the first: the
        mean difference is what the further draws add, and is taken off for all.""",
    )


def model_of(k: int, epochs: int) -> "isthmus.Autoencoder":
    """Return the paper's model: a VAE for one draw, an IWAE for several."""
    settings: JsonObject = {
        "hidden": (200, 200),
        "activation": "tanh",
        "likelihood": "bernoulli",
        "penalties": (),
        "start": "random",
        "learning_rate": 0.001,
        "schedule": "cosine",
        "batch_size": 20,
        "epochs": epochs,
        "patience": 0,
        "validation_fraction": 0,
        "random_state": 0,
    }
    if k == 1:
        return isthmus.recipes.vae(50, **settings)
    return isthmus.recipes.iwae(50, draws=k, **settings)


def named(k: int) -> str:
    """Return what a model is called.

    Examples
    --------
    >>> named(1), named(50)
    ('VAE', 'IWAE, k = 50')
    """
    return "VAE" if k == 1 else f"IWAE, k = {k}"


def measure(
    bench: "Workbench", k: int, epochs: int, X: np.ndarray, X_test: np.ndarray, size: Size
) -> Trained:
    """Train for a number of epochs, and measure on the test images."""
    model = bench.fit(f"{named(k)}, {epochs} epochs", model_of(k, epochs), X)
    kept = bench.keep(
        f"likelihood of {named(k)}, {epochs} epochs",
        lambda: estimate(model, X_test, size)._asdict(),
        X,
        X_test,
        (size.few_draws, size.many_draws, size.corrected),
    )
    nll = NLL(**{name: float(value) for name, value in kept.items()})
    active = isthmus.evaluation.active_units(model.transform(X_test))
    return Trained(epochs, nll, active)


def estimate(model: "isthmus.Autoencoder", X: np.ndarray, size: Size) -> NLL:
    """Estimate the negative log likelihood of many draws from few, and many for some images.

    A difference estimator: the mean of the cheap measure over all, and the mean difference of the
    dear one over some. Both share their first draws, so that the differences vary little.
    """
    some = X[: size.corrected]
    few = -model.log_likelihood(X, size.few_draws, random_state=0)
    many = -model.log_likelihood(some, size.many_draws, random_state=0)
    gains = few[: len(some)] - many
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return NLL(float(few.mean()), float(few.mean() - gains.mean()), float(error))


def tabulate(bench: "Workbench", found: Mapping[int, list[Trained]], size: Size) -> None:
    """List every training."""
    bench.table(
        [
            "",
            "epochs",
            f"NLL, {size.few_draws} draws",
            f"NLL, {size.many_draws:,} draws",
            "active units of 50",
        ],
        [
            [
                named(k),
                one.epochs,
                f"{one.nll.few:.2f}",
                f"{one.nll.many:.2f} ± {one.nll.error:.2f}",
                one.active,
            ]
            for k, trained in found.items()
            for one in trained
        ],
        f"""Negative log likelihood of test images, nats an image; after ± the standard error of
        what the further draws add; one seed. Every row is a training of its own: the paper's have
        {PAPERS_EPOCHS:,} epochs. A unit is active if its posterior mean has a variance above 0.01
        over the test images.""",
        main=True,
    )


def draw_trend(bench: "Workbench", found: Mapping[int, list[Trained]]) -> None:
    """Draw the likelihoods against the epochs, with the paper's at its own."""
    lines = {
        named(k): ([one.epochs for one in trained], [one.nll.many for one in trained])
        for k, trained in found.items()
    }
    reported = {
        f"{named(k)}, reported": ([PAPERS_EPOCHS], [float(bench.reported[key_of(k)].value)])
        for k in found
    }
    bench.figure(
        "likelihood-by-epochs",
        charts.Curves(
            lines | reported,
            x_label="epochs",
            y_label="negative log likelihood (nats an image)",
            log_x=True,
        ),
        f"""Negative log likelihood of the test images, binarised once, against the epochs of
        training; the paper's (appendix D) at its own {PAPERS_EPOCHS:,} epochs.""",
        main=True,
    )


def key_of(k: int, binarisation: str = "once") -> tuple[str, str, str, str]:
    """Return the name of a reported figure.

    Examples
    --------
    >>> key_of(5)
    ('IWAE', 'k = 5, binarised once', 'NLL', 'test')
    """
    return "VAE" if k == 1 else "IWAE", f"k = {k}, binarised {binarisation}", "NLL", "test"


def record(bench: "Workbench", found: Mapping[int, list[Trained]]) -> None:
    """Compare the likelihood of each longest training with both of the paper's."""
    for k, trained in found.items():
        bench.record(*key_of(k), trained[-1].nll.many)
    for k, trained in found.items():
        bench.record(
            *key_of(k, "anew for every step"),
            trained[-1].nll.many,
            not_comparable="binarised once here",
        )
    for k, trained in found.items():
        bench.record(
            key_of(k)[0],
            f"k = {k}, {trained[-1].epochs} epochs",
            "active units",
            "test",
            trained[-1].active,
            unit="of 50",
            better="higher",
        )


def record_claims(bench: "Workbench", found: Mapping[int, list[Trained]]) -> None:
    """Test the paper's claims after equally many epochs, the most that all have."""
    epochs = min(trained[-1].epochs for trained in found.values())
    equal = {k: next(o for o in trained if o.epochs == epochs) for k, trained in found.items()}
    nats = [one.nll.many for one in equal.values()]
    bench.claim(
        "The likelihood is better the more draws the bound has.",
        holds=nats[0] > nats[1] > nats[2],
        evidence=f"NLL after {epochs} epochs: "
        + ", ".join(f"{one.nll.many:.2f} ({named(k)})" for k, one in equal.items())
        + " nats an image, one seed.",
    )
    bench.claim(
        "The importance-weighted autoencoder uses more dimensions of its code.",
        holds=equal[50].active > equal[1].active,
        evidence=f"Active units of 50 after {epochs} epochs: "
        + ", ".join(f"{one.active} ({named(k)})" for k, one in equal.items())
        + ", one seed.",
    )
