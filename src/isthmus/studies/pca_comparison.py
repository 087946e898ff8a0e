"""PCA against autoencoders, compared by reconstruction and by a classifier on the codes."""

from collections.abc import Mapping
from dataclasses import asdict
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.plainjson import JsonObject
from isthmus.report import charts
from isthmus.studies.pca_comparison_conclusions import comparison, errors_by_size, what_the_error_is
from isthmus.studies.pca_comparison_parts import (
    ACCURACY,
    ERROR,
    NOISE,
    ONE,
    PCA,
    SHARES,
    SIZES,
    SPLITS,
    THREE,
    Digits,
    Outcomes,
    Parts,
    autoencoder,
    best_of_size,
    best_on_validation,
    draw,
    each,
    fit,
    judge_by_classifiers,
    noisy,
    noisy_codes,
    outcome_of,
    setting,
    show_rebuilt,
    slug,
    standardised,
    train,
    two_of_each,
)
from isthmus.studies.pca_comparison_weights import weights
from isthmus.studies.study import Study

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

ONE_LAYER_TRAINING = {32: (0.01, 80), 64: (0.005, 40), 128: (0.003, 30), 256: (0.002, 20)}
"""Learning rate and epochs by the size of the code."""


def run(bench: "Workbench") -> None:
    """Reproduce the report, part by part."""
    digits = five_digits(bench)
    codes: dict[str, dict[int, Parts]] = {}
    outcomes: dict[str, Outcomes] = {}
    codes[PCA], outcomes[PCA], pca_errors = principal_components(bench, digits)
    autoencoders: dict[str, dict[int, Any]] = {}
    for system, part in ((ONE, one_hidden_layer), (THREE, three_hidden_layers)):
        fitted = autoencoders[system] = part(bench, digits)
        codes[system] = {d: each(digits.images, fitted[d].transform) for d in fitted}
        outcomes[system] = judge_by_classifiers(bench, system, codes[system], digits)
    errors_by_size(bench, digits, pca_errors, autoencoders)
    denoisers = denoising(bench, digits, outcomes[ONE])
    for system, denoiser in denoisers.items():
        codes[system] = {256: noisy_codes(denoiser, digits.images)}
        outcomes[system] = judge_by_classifiers(bench, system, codes[system], digits)
    what_the_error_is(bench, digits, autoencoders, denoisers, pca_errors[32])
    weights(bench, digits, {"without noise": autoencoders[ONE][256], **denoisers})
    comparison(bench, digits, codes, outcomes)
    what_isthmus_would_do(bench, digits, pca_errors[32], autoencoders, outcomes)


def five_digits(bench: "Workbench") -> Digits:
    """Draw the images of the study."""
    source = bench.source("mnist")
    test = source.test
    assert source.labels is not None
    assert test is not None
    assert test.labels is not None
    images = np.concatenate([source.examples[:], test.examples[:]])
    labels = np.concatenate([source.labels, test.labels])
    shares = bench.pick(SHARES, quick={"train": 100, "validation": 40, "test": 40})
    places = draw(labels, shares)
    digits = Digits(each(places, lambda p: images[p]), each(places, lambda p: labels[p]))
    counts = " / ".join(f"{len(digits.labels[split]):,}" for split in SPLITS)
    bench.section(
        "The five digits",
        f"""Digits 0, 1, 2, 4 and 7 of MNIST, {" / ".join(map(str, shares.values()))} of each to
        train, validate and test on: {counts} images. The report does not say which images it took:
        here they are drawn from all {len(labels):,} with a fixed seed.""",
        """Pixels are in [0, 1], and the reconstruction error is the mean squared error a pixel;
        what speaks for this reading of the report stands further below.""",
    )
    return digits


def principal_components(
    bench: "Workbench", digits: Digits
) -> tuple[dict[int, Parts], Outcomes, dict[int, float]]:
    """Reduce the images with PCA; return codes, what classifiers do with them, and test errors."""
    bench.section(
        "Principal components",
        """PCA to 32, 64, 128 and 256 dimensions. The report does not say whether pixels were
        centred or standardised: both were done, and the figures compared with the report's are of
        centred pixels.""",
        """The classifiers have logistic hidden layers, a softmax output and cross-entropy;
        architecture 1 is 512-256-256, 2 is 512-512-512, 3 is 512-256-128-64; learning rate
        0.001, batches of 32. The optimiser, not given, is Adam; training stops after five epochs
        without a lower cross-entropy on the validation images.""",
        """All codes go in as they are. Standardising those of PCA lifts the last, noisiest
        components to the level of the first, which cost more than a point in trials on
        validation images; those of autoencoders gained little by it.""",
    )
    pixels = digits.pixels
    scaled, deviation = standardised(pixels)
    plain, unit = (
        pca_of_rows(bench, f"PCA of {kind} pixels", data["train"])
        for kind, data in (("centred", pixels), ("standardised", scaled))
    )
    rebuilt = {d: each(pixels, lambda x, d=d: plain.reconstruct(x, d)) for d in SIZES}
    errors = {d: isthmus.evaluation.mse(pixels["test"], rebuilt[d]["test"]) for d in SIZES}
    for d in SIZES:
        for split in SPLITS:
            error = isthmus.evaluation.mse(pixels[split], rebuilt[d][split])
            bench.record(PCA, f"d={d}", ERROR, split, error, unit="mse a pixel")
    for d in SIZES:
        left = scaled["test"] * deviation
        right = unit.reconstruct(scaled["test"], d) * deviation
        error = isthmus.evaluation.mse(left, right)
        bench.record("PCA, standardised", f"d={d}", ERROR, "test", error, unit="mse a pixel")
    show_rebuilt(bench, "pca", digits, {f"d={d}": rebuilt[d]["test"] for d in SIZES}, PCA)
    codes = {d: each(pixels, lambda x, d=d: plain.transform(x, d)) for d in SIZES}
    outcomes = judge_by_classifiers(bench, PCA, codes, digits)
    codes_standardised = {d: each(scaled, lambda x, d=d: unit.transform(x, d)) for d in SIZES}
    others = judge_by_classifiers(bench, "PCA, standardised", codes_standardised, digits)
    centred_or_standardised(bench, outcomes, others)
    return codes, outcomes, errors


def pca_of_rows(bench: "Workbench", name: str, rows: np.ndarray) -> Any:
    """Return PCA with the most components that are asked for."""
    kept = bench.keep(
        name, lambda: asdict(isthmus.evaluation.fit_pca(rows, max(SIZES))), rows
    )  # fmt: skip
    return isthmus.evaluation.PCABaseline(**kept)


def centred_or_standardised(bench: "Workbench", centred: Outcomes, scaled: Outcomes) -> None:
    """Say which of the two comes closer to the report's table."""

    def distance(outcomes: Outcomes) -> float:
        return fmean(
            abs(outcome.accuracy[split] - float(bench.reported[key].value))
            for (d, number), outcome in outcomes.items()
            for split in ("validation", "test")
            for key in [(PCA, setting(d, number), ACCURACY, split)]
        )

    ours, others = distance(centred), distance(scaled)
    closer = "centred" if ours < others else "standardised"
    bench.text(
        f"""Over the {2 * len(centred)} accuracies of the table, the mean distance from the
        report's is {ours:.2f} points with centred pixels and {others:.2f} with standardised
        ones: {closer} pixels fit the report better."""
    )


def one_hidden_layer(bench: "Workbench", digits: Digits) -> "dict[int, isthmus.Autoencoder]":
    """Train autoencoders 784 - d - 784."""
    sizes = bench.pick(SIZES, quick=(32, 256))
    settings = {d: (rate, bench.pick(epochs, quick=2))
                for d, (rate, epochs) in ONE_LAYER_TRAINING.items() if d in sizes}  # fmt: skip
    lengths = "; ".join(
        f"d={d}: {rate} and {epochs} epochs" for d, (rate, epochs) in settings.items()
    )
    bench.section(
        "One hidden layer",
        f"""784 linear - d logistic - 784 logistic. The report gives no optimiser, batch size or
        number of epochs: Adam, batches of 64, the learning rate falling to zero along a cosine,
        and the weights of the lowest validation error. Learning rate and epochs go by the size
        of the code ({lengths}): a small code needs long steps to come out of the middle of its
        logistic units, and one of 256 that was trained for longer rebuilt better but was harder to
        classify on validation images.""",
    )
    return train(bench, ONE, digits, {
        d: autoencoder(d, (), learning_rate=rate, epochs=epochs)
        for d, (rate, epochs) in settings.items()
    })  # fmt: skip


def three_hidden_layers(bench: "Workbench", digits: Digits) -> "dict[int, isthmus.Autoencoder]":
    """Train autoencoders 784 - 400 - d - 400 - 784."""
    epochs = bench.pick(40, quick=2)
    bench.section(
        "Three hidden layers",
        f"""784 - 400 logistic - d logistic - 400 logistic - 784 logistic, trained alike, at most
        {epochs} epochs; the learning rate starts at 0.003 for a code of 32 and falls with the root
        of d.""",
    )
    sizes = bench.pick(SIZES, quick=(32, 64, 256))
    return train(bench, THREE, digits, {
        d: autoencoder(d, (400,), learning_rate=3e-3 * (32 / d) ** 0.5, epochs=epochs)
        for d in sizes
    })  # fmt: skip


def denoising(bench: "Workbench", digits: Digits, clean: Outcomes) -> JsonObject:
    """Train denoising autoencoders on the best reduced dimension."""
    size, number = best_on_validation(clean)
    epochs = bench.pick(40, quick=2)
    bench.section(
        "Denoising",
        f"""Gaussian noise on the input, the clean image as target; 20% and 40% are taken as
        standard deviations of 0.2 and 0.4 on pixels in [0, 1]. The report's best reduced
        dimension is 256 with one hidden layer, which is used here too; with one hidden layer it
        is {size} in this run (architecture {number}, by validation accuracy). Trained as without
        noise, at most {epochs} epochs from a learning rate of 0.004. Errors are of noisy images
        against clean ones, and the codes that are classified are of noisy images.""",
        """The noise is drawn anew in every step. The report's training error, well below its
        validation error, is what noise that was drawn once would give.""",
    )
    fitted = {
        system: fit(
            bench, system,
            autoencoder(256, (), learning_rate=4e-3, epochs=epochs, noise=scale), digits,
        )
        for system, scale in NOISE.items()
    }  # fmt: skip
    for system, model in fitted.items():
        inputs = noisy(model, digits.images)
        rebuilt = each(inputs, model.reconstruct)
        for split in SPLITS:
            error = isthmus.evaluation.mse(digits.images[split] / 255, rebuilt[split] / 255)
            bench.record(system, "d=256", ERROR, split, error, unit="mse a pixel")
        show_denoised(bench, system, digits, inputs, rebuilt)
    return fitted


def show_denoised(
    bench: "Workbench", system: str, digits: Digits, inputs: Parts, rebuilt: Parts
) -> None:
    """Show images of each part, with noise and without it again."""
    rows = {}
    for split in SPLITS:
        shown = two_of_each(digits.labels[split])
        stages = {"original": digits.images, "noisy": inputs, "reconstructed": rebuilt}
        rows |= {
            f"{split}: {stage}": parts[split][shown].reshape(-1, 28, 28) / 255
            for stage, parts in stages.items()
        }
    bench.figure(
        slug(system),
        charts.ImageRows(rows, limits=(0, 1)),
        f"Original, noisy and reconstructed images: {system}.",
        main=system == next(iter(NOISE)),
    )


def what_isthmus_would_do(
    bench: "Workbench",
    digits: Digits,
    pca_error: float,
    autoencoders: "Mapping[str, Mapping[int, isthmus.Autoencoder]]",
    outcomes: Mapping[str, Outcomes],
) -> None:
    """Fit the defaults to a code of 32, without and with labels."""
    epochs = bench.pick(40, quick=2)
    bench.section(
        "What isthmus would do",
        f"""A code of 32, with nothing set but its size, the number of epochs ({epochs}, as many
        as with three hidden layers) and the seed: the code is linear and starts from PCA. Its
        codes are classified by the same three architectures. Where labels are at hand, they can
        shape the code: an autoencoder with a softmax on its code, again by default, which then
        classifies by itself.""",
    )
    plain = fit(bench, "defaults", isthmus.Autoencoder(32, epochs=epochs, random_state=0), digits)
    joint = bench.fit(
        "defaults with labels",
        isthmus.AutoencoderClassifier(32, epochs=epochs, random_state=0),
        digits.images["train"],
        digits.labels["train"],
        validation_data=(digits.images["validation"], digits.labels["validation"]),
    )
    for system, model in {"isthmus": plain, "isthmus, with labels": joint}.items():
        for split in SPLITS:
            error = model.measure(digits.images[split])["mse"]
            bench.record(system, "d=32", ERROR, split, error, unit="mse a pixel")
    ours = judge_by_classifiers(
        bench, "isthmus", {32: each(digits.images, plain.transform)}, digits
    )
    by_itself = outcome_of(joint, digits.images, digits.labels)
    for split in ("validation", "test"):
        bench.record(
            "isthmus, with labels", "d=32, by itself", ACCURACY, split, by_itself.accuracy[split],
            unit="%", better="higher",
        )  # fmt: skip
    models = {ONE: autoencoders[ONE][32], THREE: autoencoders[THREE][32]}
    models |= {"isthmus": plain, "isthmus, with labels": joint}
    errors = {s: m.measure(digits.images["test"])["mse"] for s, m in models.items()}
    read = {s: best_of_size(outcomes[s], 32) for s in (PCA, ONE, THREE)}
    read |= {"isthmus": best_of_size(ours, 32), "isthmus, with labels": by_itself}
    errors[PCA] = pca_error
    bench.table(
        ["system", "test error (mse a pixel)", "test accuracy (%)", "seconds to train"],
        [
            [
                s, f"{errors[s]:.4f}", f"{read[s].accuracy['test']:.2f}",
                f"{models[s].fit_seconds_:.0f}" if s in models else "",
            ]
            for s in read
        ],
        "Codes of 32; the accuracy is of the architecture that is best on validation images",
    )  # fmt: skip
    rebuilt = {s: m.reconstruct(digits.images["test"]) / 255 for s, m in models.items()}
    show_rebuilt(bench, "side-by-side", digits, rebuilt, "codes of 32")


STUDY = Study(
    name="pca-comparison",
    title="PCA against autoencoders, by reconstruction and by a classifier on the codes",
    needs=("mnist",),
    minutes=14,
    run=run,
)
