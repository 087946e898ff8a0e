"""The systems compared: their errors, their accuracies, and the report's claims."""

from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

import isthmus
from isthmus.plainjson import Facts
from isthmus.report import charts
from isthmus.studies.pca_comparison_parts import (
    ACCURACY,
    DIGITS,
    ERROR,
    NOISE,
    ONE,
    PCA,
    THREE,
    Digits,
    Outcome,
    Outcomes,
    Parts,
    best_of_size,
    best_on_validation,
    noisy,
    read_codes,
    setting,
    slug,
)

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


def errors_by_size(
    bench: "Workbench",
    digits: Digits,
    pca: Mapping[int, float],
    autoencoders: "Mapping[str, Mapping[int, isthmus.Autoencoder]]",
) -> None:
    """Draw the test error of every system against the size of its code."""
    lines = {PCA: (list(pca), list(pca.values()))}
    for system, fitted in autoencoders.items():
        errors = [model.measure(digits.images["test"])["mse"] for model in fitted.values()]
        lines[system] = (list(fitted), errors)
    figure = charts.Curves(
        lines,
        x_label="size of the code",
        y_label="test error (mse a pixel)",
        log_y=True,
    )
    bench.figure("errors", figure, "Test error by the size of the code.", main=True)


def what_the_error_is(
    bench: "Workbench",
    digits: Digits,
    autoencoders: "Mapping[str, Mapping[int, isthmus.Autoencoder]]",
    denoisers: Facts,
    pca_error: float,
) -> None:
    """Compare readings of the report's reconstruction error with the figures themselves."""
    bench.section(
        "What the reconstruction error is",
        """The report does not define it. Three readings, each measured on the same autoencoders;
        the last column is the factor by which measured and reported figures differ, on geometric
        average.""",
    )
    images = digits.images
    pairs = {
        (ONE, "d=32"): (images["test"], autoencoders[ONE][32]),
        (THREE, "d=32"): (images["test"], autoencoders[THREE][32]),
        (THREE, "d=64"): (images["test"], autoencoders[THREE][64]),
    }
    pairs |= {(s, "d=256"): (noisy(m, images)["test"], m) for s, m in denoisers.items()}
    residuals = [(model.reconstruct(x) - images["test"]) / 255 for x, model in pairs.values()]
    reported = np.array([float(bench.reported[(*key, ERROR, "test")].value) for key in pairs])
    readings = {
        "mean squared error": np.array([(r**2).mean() for r in residuals]),
        "its root": np.array([(r**2).mean() ** 0.5 for r in residuals]),
        "mean absolute error": np.array([np.abs(r).mean() for r in residuals]),
    }
    factors = {name: log_distance(v, reported) for name, v in readings.items()}
    bench.table(
        ["reading", *(", ".join(key) for key in pairs), "factor"],
        [
            ["reported", *reported, ""],
            *([name, *np.round(v, 4), round(factors[name], 2)] for name, v in readings.items()),
        ],
        "Test error under three readings",
    )
    at_32 = {
        system: value / pca_error
        for (system, size), value in zip(pairs, reported, strict=True)
        if size == "d=32"
    }
    bench.text(
        f"""As a mean squared error, what the report gives for a code of 32 is {at_32[ONE]:.2f}
        times PCA's ({pca_error:.4f}) with one hidden layer and {at_32[THREE]:.2f} times with
        three. A network that does no better than 1 has not learnt what a linear code can do."""
    )
    closest = min(factors, key=factors.__getitem__)
    bench.claim(
        "The reconstruction error is a mean squared error a pixel, of pixels in [0, 1].",
        closest == "mean squared error",
        ", ".join(f"{name}: factor {factor:.2f}" for name, factor in factors.items()) + ".",
    )


def comparison(
    bench: "Workbench",
    digits: Digits,
    codes: Mapping[str, Mapping[int, Parts]],
    outcomes: Mapping[str, Outcomes],
) -> None:
    """Set the best of every system side by side."""
    seeds = range(3)
    bench.section(
        "Comparison",
        f"""The report's comparison has the test accuracy of the code size and architecture that
        are best on validation images. The same here, with {len(seeds)} seeds of the classifier.""",
    )
    chosen = {system: best_on_validation(outcomes[system]) for system in codes}
    tested: dict[str, list[float]] = {}
    for system, (d, number) in chosen.items():
        tested[system] = [
            read_codes(bench, system, codes[system][d], digits, number, seed).accuracy["test"]
            for seed in seeds
        ]
        bench.record(system, "best on validation", ACCURACY, "test", tested[system])
    highest = {
        system: max(outcomes[system], key=lambda key, s=system: outcomes[s][key].accuracy["test"])
        for system in codes
    }
    bench.table(
        ["system", "best on validation", "mean test accuracy", "highest on test", "accuracy"],
        [
            [
                system, setting(*chosen[system]), f"{fmean(tested[system]):.2f}",
                setting(*highest[system]),
                f"{outcomes[system][highest[system]].accuracy['test']:.2f}",
            ]
            for system in codes
        ],
        "Accuracies in %; the last two columns, chosen on the test images, flatter",
    )  # fmt: skip
    rank_systems(bench, {system: fmean(values) for system, values in tested.items()})
    for system, key in chosen.items():
        confusion(bench, digits, system, key, outcomes[system][key])
    figure = charts.Curves(
        {
            s: (list(codes[s]), [best_of_size(outcomes[s], d).accuracy["test"] for d in codes[s]])
            for s in (PCA, ONE, THREE)
        },
        x_label="size of the code",
        y_label="test accuracy (%)",
    )
    bench.figure(
        "accuracies",
        figure,
        "Test accuracy by the size of the code, of the architecture best on validation images.",
        main=True,
    )


def rank_systems(bench: "Workbench", accuracy: Mapping[str, float]) -> None:
    """Check the order of the comparison table."""
    evidence = ", ".join(f"{system} {value:.2f}%" for system, value in accuracy.items()) + "."
    light, heavy = NOISE
    bench.claim(
        "Codes of one hidden layer are classified best of all.",
        accuracy[ONE] == max(accuracy.values()),
        evidence,
    )
    bench.claim(
        "Codes of either autoencoder are classified better than PCA's.",
        min(accuracy[ONE], accuracy[THREE]) > accuracy[PCA],
        evidence,
    )
    bench.claim(
        "Noise costs accuracy, more noise more.",
        accuracy[ONE] > accuracy[light] > accuracy[heavy],
        evidence,
    )


def confusion(
    bench: "Workbench", digits: Digits, system: str, key: tuple[int, int], outcome: Outcome
) -> None:
    """Show which digits are taken for which."""
    from sklearn.metrics import confusion_matrix

    counts = confusion_matrix(digits.labels["test"], outcome.predicted["test"], labels=DIGITS)
    bench.figure(
        slug(f"confusion {system}"),
        charts.Matrix(
            counts, DIGITS, DIGITS, row_label="digit", column_label="read as"
        ),
        f"Confusion matrix, test images: {system}, {setting(*key)}.",
    )  # fmt: skip


def log_distance(measured: np.ndarray, reported: np.ndarray) -> float:
    """Return by which factor measured figures differ from reported ones, on (geometric) average.

    Examples
    --------
    >>> log_distance(np.array([1.0, 4.0]), np.array([2.0, 2.0]))
    2.0
    """
    return float(np.exp(np.abs(np.log(measured / reported)).mean()))
