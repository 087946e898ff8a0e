"""Part A of family: reconstructions and samples of six autoencoders with equal networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING

import numpy as np

import isthmus
from isthmus.plainjson import JsonObject
from isthmus.report import charts

if TYPE_CHECKING:
    from isthmus import Autoencoder, AutoencoderClassifier
    from isthmus.studies.workbench import Workbench

PRIOR, MIXTURE, AUTOREGRESSIVE = "normal prior", "mixture of 10", "autoregressive"
MEASURES = {
    "mse": ("reconstruction error", "mse a pixel", "lower"),
    "fid": ("FID on LeNet features trained here", "squared units of the features", "lower"),
    "precision": ("precision", "fraction", "higher"),
    "recall": ("recall", "fraction", "higher"),
}
"""Name, unit and direction of what is measured."""

Measured = dict[str, list[float]]
"""A number a seed, by the names of `MEASURES`."""


@dataclass(frozen=True)
class Method:
    """An autoencoder as its paper trains and samples it.

    Parameters
    ----------
    recipe
        Its name; None is the plain autoencoder.
    sampler
        Where its codes come from.
    """

    recipe: str | None
    sampler: str


METHODS = {
    "VAE": Method("vae", PRIOR),
    "WAE-MMD": Method("wae_mmd", PRIOR),
    "AAE": Method("adversarial", PRIOR),
    "VQ-VAE": Method("vq_vae", AUTOREGRESSIVE),
    "RAE": Method("rae_l2", MIXTURE),
    "autoencoder": Method(None, MIXTURE),
}


@dataclass(frozen=True)
class Size:
    """How much is trained and measured.

    Parameters
    ----------
    images, epochs, seeds
        Of every autoencoder.
    tested
        Test images, of which one half are the real ones that samples are compared with, and as
        many as that are generated.
    lenet_epochs, prior_epochs
        Of the network of the features, and of the autoregressive prior.
    """

    images: int
    epochs: int
    seeds: int
    tested: int
    lenet_epochs: int
    prior_epochs: int


FULL = Size(images=30_000, epochs=12, seeds=3, tested=10_000, lenet_epochs=6, prior_epochs=8)
QUICK = Size(images=300, epochs=20, seeds=2, tested=200, lenet_epochs=1, prior_epochs=1)


@dataclass(frozen=True)
class Digits:
    """Images (n, 28, 28) to learn from, and the two halves of those to test with."""

    X: np.ndarray
    y: np.ndarray
    half: np.ndarray
    other: np.ndarray
    y_half: np.ndarray

    @property
    def test(self) -> np.ndarray:
        """All test images."""
        return np.concatenate([self.half, self.other])


def compare_samples(bench: "Workbench") -> None:
    """Fit every method with every seed; measure, tabulate, draw, record the claims."""
    size = bench.pick(FULL, quick=QUICK)
    digits = read_digits(bench, size)
    introduce(bench, size)
    lenet = fit_lenet(bench, digits, size)
    features = lenet.transform(digits.half), lenet.transform(digits.other)
    found, shown = {}, {}
    for name in METHODS:
        models = [fit(bench, name, seed, digits, size) for seed in range(size.seeds)]
        kept = [
            bench.keep(
                f"samples of {name}, seed {seed}",
                lambda name=name, model=model: measure(name, model, digits, lenet, size),
                METHODS[name],
                size,
                digits.X,
                digits.test,
            )
            for seed, model in enumerate(models)
        ]
        found[name] = {key: [float(one[key]) for one in kept] for key in MEASURES}
        shown[name] = kept[0]["shown"]
    floor = float(isthmus.evaluation.frechet_distance(*features))
    limits = isthmus.evaluation.precision_recall(*features)
    tabulate(bench, found, floor, limits)
    bench.figure(
        "samples",
        charts.ImageRows({"real": digits.half[: len(shown["VAE"])]} | shown, limits=(0, 255)),
        "Test images above samples of each autoencoder, first seed, not chosen.",
        main=True,
    )
    record(bench, found, floor)
    record_claims(bench, found)


def read_digits(bench: "Workbench", size: Size) -> Digits:
    """Return the images; the test images are halved at random, for the first are the cleaner."""
    source = bench.source("mnist")
    assert source.labels is not None
    assert source.test is not None
    assert source.test.labels is not None
    order = np.random.default_rng(0).permutation(len(source.test))[: size.tested]
    test = np.asarray(source.test.examples[:])[order]
    half, other = np.split(test, 2)
    X = np.asarray(source.examples[: size.images])
    y_half = source.test.labels[order][: len(half)]
    return Digits(X, source.labels[: size.images], half, other, y_half)


def introduce(bench: "Workbench", size: Size) -> None:
    """Say what is equal, and what is each method's own."""
    half = size.tested // 2
    bench.section(
        "Reconstructions and samples of equal networks",
        f"""Six autoencoders of 784-256-256-16 and back, GELU, logistic output, {size.epochs} epochs
        of batches of 100 of the first {size.images:,} training images, Adam from 0.001 to zero
        along a cosine, {size.seeds} seeds. Likelihood, penalties and their weights are those of
        isthmus's recipes: Bernoulli pixels for the VAE, squared errors for the others. None was
        tuned for this table, and the papers' own networks are larger.""",
        """Samples are drawn as the papers do: VAE, WAE-MMD and AAE decode draws of the standard
        normal prior, VQ-VAE those of an autoregressive prior of its symbols (here a MADE, fitted
        after it), RAE and, to compare, the plain autoencoder those of a mixture of ten normals
        fitted to the training codes.""",
        f"""FID, precision and recall are of {half:,} samples against {half:,} test images, by the
        84 features of a LeNet with strides for pooling, trained here on the same images and their
        labels. They are not comparable with the FID of the literature, whose network is Inception.
        The other {half:,} test images in the place of samples give the floor.""",
    )


def fit_lenet(bench: "Workbench", digits: Digits, size: Size) -> "AutoencoderClassifier":
    """Fit the network whose codes are the features; say how well it tells digits apart."""
    lenet = isthmus.AutoencoderClassifier(
        84,
        encoder=isthmus.networks.Convolutional(
            channels=(6, 16), kernel_size=5, stride=2, hidden=(120,), activation="tanh"
        ),
        decoder=None,
        latent=isthmus.latents.Deterministic(activation="tanh"),
        start="random",
        scaling="pixels",
        penalties=(),
        epochs=size.lenet_epochs,
        batch_size=100,
        patience=0,
        validation_fraction=0,
        random_state=0,
    )
    fitted = bench.fit("LeNet", lenet, digits.X, digits.y)
    right = (fitted.predict(digits.half) == digits.y_half).mean()
    bench.text(f"The LeNet tells {right:.1%} of {len(digits.half):,} test digits rightly.")
    return fitted


def fit(bench: "Workbench", name: str, seed: int, digits: Digits, size: Size) -> "Autoencoder":
    """Fit a method's autoencoder; networks and budget are equal for all."""
    settings: JsonObject = {
        "hidden": (256, 256),
        "activation": "gelu",
        "scaling": "pixels",
        "start": "random",
        "learning_rate": 0.001,
        "schedule": "cosine",
        "batch_size": 100,
        "epochs": size.epochs,
        "patience": 0,
        "validation_fraction": 0,
        "random_state": seed,
    }
    recipe = METHODS[name].recipe
    make = isthmus.Autoencoder if recipe is None else getattr(isthmus.recipes, recipe)
    squared = isthmus.likelihoods.Gaussian(output="sigmoid")
    likelihood = "bernoulli" if recipe == "vae" else squared
    model = make(latent_dim=16, likelihood=likelihood, **settings)
    return bench.fit(f"{name}, seed {seed}", model, digits.X)


def generate(model: "Autoencoder", how: str, X: np.ndarray, n: int, size: Size) -> np.ndarray:
    """Return n new images, from codes drawn in the method's own way."""
    if how == PRIOR:
        codes = np.random.default_rng(0).standard_normal((n, model.latent_dim))
        return model.inverse_transform(codes)
    sampler = {
        MIXTURE: isthmus.samplers.GaussianMixture(10),
        AUTOREGRESSIVE: isthmus.samplers.Autoregressive(epochs=size.prior_epochs),
    }[how]
    return isthmus.samplers.fit(sampler, model, X, random_state=0).sample(n, random_state=0)


def measure(
    name: str, model: "Autoencoder", digits: Digits, lenet: "AutoencoderClassifier", size: Size
) -> JsonObject:
    """Measure a fitted model's reconstructions and samples; keep a few samples to show."""
    errors = (model.reconstruct(digits.test) - digits.test.astype(np.float32)) / 255
    made = generate(model, METHODS[name].sampler, digits.X, len(digits.half), size)
    real, new = lenet.transform(digits.half), lenet.transform(made)
    near = isthmus.evaluation.precision_recall(real, new)
    return {
        "mse": np.square(errors).mean(),
        "fid": isthmus.evaluation.frechet_distance(real, new),
        "precision": near.precision,
        "recall": near.recall,
        "shown": made[:12],
    }


def tabulate(
    bench: "Workbench", found: Mapping[str, Measured], floor: float, limits: tuple[float, float]
) -> None:
    """Put all into one table, real images last."""
    rows = [
        [name, METHODS[name].sampler, *(spelled(values) for values in measured.values())]
        for name, measured in found.items()
    ]
    real = ["other test images", "", "", *(f"{value:.4g}" for value in (floor, *limits))]
    bench.table(
        ["", "codes from", *(label for label, _, _ in MEASURES.values())],
        [*rows, real],
        """Mean ± standard deviation over the seeds. Reconstruction error: a pixel's square, of
        pixels in [0, 1], all test images. Precision is the share of samples that lie among real
        images, recall the share of real images that lie among samples.""",
        main=True,
    )


def spelled(values: list[float]) -> str:
    """Return mean and standard deviation as text.

    Examples
    --------
    >>> spelled([0.95, 0.96])
    '0.955 ± 0.0071'
    """
    return f"{fmean(values):.4g} ± {stdev(values):.2g}"


def record(bench: "Workbench", found: Mapping[str, Measured], floor: float) -> None:
    """Record every figure; none is reported for these networks and features."""
    for name, measured in found.items():
        for key, (label, unit, better) in MEASURES.items():
            setting = METHODS[name].sampler if key != "mse" else "784-256-256-16 and back"
            bench.record(name, setting, label, "test", measured[key], unit=unit, better=better)
    _, (label, unit, better), *_ = MEASURES.values()
    bench.record("test images", "the other half", label, "test", floor, unit=unit, better=better)


def record_claims(bench: "Workbench", found: Mapping[str, Measured]) -> None:
    """Test what the papers claim of samples, by two standard errors of a difference of means."""
    fid = {name: measured["fid"] for name, measured in found.items()}
    claims = (
        ("Samples of the WAE are better than those of the VAE.", "WAE-MMD", "VAE", is_less),
        (
            "Samples of the RAE, of a mixture, are as good as those of the VAE.",
            "RAE",
            "VAE",
            lambda rae, vae: not is_less(vae, rae),
        ),
        (
            "Regularisation makes the samples of an autoencoder better.",
            "RAE",
            "autoencoder",
            is_less,
        ),
    )
    for sentence, one, other, holds in claims:
        bench.claim(
            sentence,
            holds=holds(fid[one], fid[other]),
            evidence=f"FID on LeNet features trained here: {spelled(fid[one])} ({one}), "
            f"{spelled(fid[other])} ({other}); two standard errors decide.",
        )


def is_less(values: list[float], others: list[float]) -> bool:
    """Tell whether a mean is below another by more than two standard errors.

    Examples
    --------
    >>> is_less([1.0, 1.1], [2.0, 2.1]), is_less([1.0, 2.0], [1.1, 2.1])
    (True, False)
    """
    error = (stdev(values) ** 2 / len(values) + stdev(others) ** 2 / len(others)) ** 0.5
    return fmean(others) - fmean(values) > 2 * error
