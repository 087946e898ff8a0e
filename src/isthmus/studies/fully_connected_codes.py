"""The study of two fully connected autoencoders: what their bottlenecks hold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

import isthmus
from isthmus.report import charts
from isthmus.studies.fully_connected_measures import (
    DIGITS,
    PAIRS,
    Images,
    System,
    boundary_accuracy,
    by_digit,
    closest,
    mantel,
)

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench

NEURONS = range(4)

SEPARATED = 0.95
"""Accuracy of a boundary that separates two digits."""

SIGNIFICANT = 0.05
CLOSE_PAIRS = len(PAIRS) // 3
"""Pairs of digits that count as similar: the closer third."""


def record_code(bench: "Workbench", system: System, images: Images) -> None:
    """Record how well a system's code keeps the digits apart."""
    bench.record(
        system.name, system.setting, "linear boundary between 1 and 2, accuracy", "test",
        boundary_accuracy(system, images, (1, 2)), unit="fraction", better="higher",
    )  # fmt: skip
    bench.record(
        system.name, system.setting, "nearest neighbours, ten digits, accuracy", "test",
        isthmus.evaluation.knn_accuracy(
            system.train_codes, images.train_digits, system.test_codes, images.test_digits
        ),
        unit="fraction", better="higher",
    )  # fmt: skip


def bottleneck_of_the_first(
    bench: "Workbench", images: Images, first: System, second: System, pca: Sequence[System]
) -> None:
    """Reproduce figure 3, and measure how far digits are apart in it."""
    bench.section(
        "Figure 3: the bottleneck of autoencoder 1",
        f"""A boundary is taken to separate 1 from 2 if a straight one, fitted to the training codes
        by logistic regression, has {SEPARATED:.0%} or more of the test codes on the right side;
        five nearest neighbours say how far all ten digits are apart.""",
    )
    codes, digits = first.test_codes[:3000], images.test_digits[:3000]
    chosen = np.isin(digits, (1, 2))
    bench.figure(
        "figure-3-all",
        charts.Points(codes, digits, axis_names=("neuron 1", "neuron 2")),
        f"Figure 3 of the report: bottleneck output of the first {len(codes):,} test images.",
        main=True,
    )
    bench.figure(
        "figure-3-digits-1-and-2",
        charts.Points(codes[chosen], digits[chosen], axis_names=("neuron 1", "neuron 2")),
        "Figure 3 of the report: digits 1 and 2 alone.",
    )
    for system in (first, second, *pca):
        record_code(bench, system, images)
    accuracy = boundary_accuracy(first, images, (1, 2))
    bench.claim(
        "The bottleneck of autoencoder 1 separates digits 1 and 2 by a boundary.",
        accuracy >= SEPARATED,
        f"A straight boundary has {accuracy:.1%} of the test codes on the right side.",
    )


def bottleneck_of_the_second(bench: "Workbench", images: Images, second: System) -> None:
    """Reproduce table 1, and measure whether similar codes mean similar reconstructions."""
    reported, shown = reported_codes(bench), images.examples
    measured, rebuilt = second.test_codes[shown], second.rebuilt[shown].reshape(len(shown), -1)
    bench.section(
        "Table 1: the bottleneck of autoencoder 2",
        """The values depend on the initial weights, and the order of the neurons does too; what can
        be compared is which digits have similar codes.""",
    )
    bench.table(
        ["digit", *(f"neuron {j + 1}, reported" for j in NEURONS),
         *(f"neuron {j + 1}, measured" for j in NEURONS)],
        [[d, *np.round(reported[d], 2), *np.round(measured[d].astype(float), 2)] for d in DIGITS],
        "Table 1 of the report, and the codes of the first test image of every digit",
    )  # fmt: skip
    similar_codes(bench, reported, measured, rebuilt)
    means = (by_digit(v, images.test_digits) for v in (second.test_codes, second.rebuilt))
    codes, pictures = (mean.reshape(len(DIGITS), -1) for mean in means)
    record_agreement(bench, "mean codes and mean reconstructions", codes, pictures)
    record_agreement(bench, "reported codes and measured codes", reported, measured)
    record_agreement(bench, "reported codes and measured reconstructions", reported, rebuilt)
    value_by_value(bench, measured)


def similar_codes(
    bench: "Workbench", reported: np.ndarray, measured: np.ndarray, rebuilt: np.ndarray
) -> None:
    """Test whether digits with similar codes reconstruct similarly, 0 and 6 for instance."""
    columns = {
        "reported code": reported, "measured code": measured, "measured reconstruction": rebuilt,
    }  # fmt: skip
    nearest = [[f"{a} and {b}" for a, b in closest(v)[:10]] for v in columns.values()]
    bench.table(
        ["", *columns],
        zip(range(1, 11), *nearest, strict=True),
        "The ten closest of the 45 pairs of digits, by Euclidean distance",
    )
    bench.text(
        """Distances over the 45 pairs are correlated by their ranks (Spearman). Pairs that share a
        digit are not independent, so p is from shuffling the digits of one side (Mantel)."""
    )
    rho, p = record_agreement(bench, "codes and reconstructions", measured, rebuilt)
    bench.claim(
        "Digits with similar codes reconstruct similarly.",
        rho > 0 and p < SIGNIFICANT,
        f"Rank correlation of the distances {rho:.2f}, p = {p:.4f} by shuffling the digits.",
    )
    places = {name: closest(values).index((0, 6)) + 1 for name, values in columns.items()}
    bench.claim(
        "0 and 6 have similar codes and similar reconstructions.",
        all(places[name] <= CLOSE_PAIRS for name in ("measured code", "measured reconstruction")),
        f"""Of the 45 pairs, closest first, theirs is
        {", ".join(f"number {place} by {name}" for name, place in places.items())}; the first
        {CLOSE_PAIRS} are taken as similar.""",
    )


def record_agreement(
    bench: "Workbench", setting: str, left: np.ndarray, right: np.ndarray
) -> tuple[float, float]:
    """Record the rank correlation of distances on both sides; return it with its p."""
    rho, p = mantel(left, right)
    figure = "autoencoder 2", setting, "correlation of distances over pairs of digits", "test"
    bench.record(*figure, rho, unit="Spearman's rho", better="higher")
    bench.text(f"{setting.capitalize()}: p = {p:.4f}.")
    return rho, p


def reported_codes(bench: "Workbench") -> np.ndarray:
    """Return table 1 as the report has it, (10, 4)."""
    return np.array([[float(bench.reported[key_of(d, j)].value) for j in NEURONS] for d in DIGITS])


def key_of(digit: int, neuron: int) -> tuple[str, str, str, str]:
    """Return where a value of table 1 stands among the reported figures.

    Examples
    --------
    >>> key_of(0, 1)[1]
    'digit 0, neuron 2'
    """
    setting = f"digit {digit}, neuron {neuron + 1}"
    return "autoencoder 2", setting, "bottleneck output", "one image a digit"


def value_by_value(bench: "Workbench", measured: np.ndarray) -> None:
    """Record each of the table's forty values."""
    bench.section(
        "Table 1, value by value",
        "The same values once more, as figures of the record; none can be compared by itself.",
    )
    for digit in DIGITS:
        for neuron in NEURONS:
            value = float(measured[digit, neuron])
            reason = "depends on the initial weights"
            bench.record(*key_of(digit, neuron), value, not_comparable=reason)
