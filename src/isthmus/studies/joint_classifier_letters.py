"""The letters of `joint-classifier`, P to Z, and how well models and codes tell them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.plainjson import Facts

if TYPE_CHECKING:
    from isthmus.data import Source
    from isthmus.studies.workbench import Workbench

Report = Facts
"""Of scikit-learn: precision, recall, F1 and support a class and in averages, and accuracy."""

CLASSES = np.array([*"PQRSTUVWXYZ"])
SIZES = (*(1300,) * 10, 1000)
"""Of each class: 14,000 in all, and fewer of Z, as in the report."""

FIRST = 16
"""The label of P in the data sets, where A is 1."""

TEST_SHARE = 0.2


@dataclass(frozen=True)
class Letters:
    """Letters to learn from, and letters to test on.

    Parameters
    ----------
    train, test
        Images (n, H, W), uint8.
    train_labels, test_labels
        "P" to "Z".
    """

    train: np.ndarray
    test: np.ndarray
    train_labels: np.ndarray
    test_labels: np.ndarray


def read_letters(source: "Source", thinning: int) -> Letters:
    """Draw P to Z from both splits of a source, one ``thinning``-th of `SIZES`, and split them."""
    from sklearn.model_selection import train_test_split

    parts: list[Any] = [source, source.test]
    images = np.concatenate([part.examples[:] for part in parts])
    numbers = np.concatenate([part.labels for part in parts])
    chosen = draw(numbers, [size // thinning for size in SIZES])
    train, test = train_test_split(
        chosen, test_size=TEST_SHARE, stratify=numbers[chosen], random_state=0
    )
    train_labels, test_labels = (CLASSES[numbers[part] - FIRST] for part in (train, test))
    return Letters(images[train], images[test], train_labels, test_labels)


def draw(numbers: np.ndarray, sizes: list[int]) -> np.ndarray:
    """Return the places of ``sizes`` letters of each class, drawn without replacement.

    Examples
    --------
    >>> places = draw(np.array([17, 3, 16, 17, 16]), [2, 1])
    >>> sorted(places[:2].tolist()), len(places)
    ([2, 4], 3)
    """
    random = np.random.default_rng(0)
    return np.concatenate(
        [
            random.choice(np.flatnonzero(numbers == FIRST + i), size, replace=False)
            for i, size in enumerate(sizes)
        ]
    )


def one_of_each(labels: np.ndarray) -> np.ndarray:
    """Return the place of the first example of every class, in their order.

    Examples
    --------
    >>> one_of_each(np.array(["Q", "P", "Q"])).tolist()
    [1, 0]
    """
    return np.unique(labels, return_index=True)[1]


def report_on(model: Any, letters: Letters) -> Report:
    """Return precision, recall, F1 and support of every class of the test letters."""
    from sklearn.metrics import classification_report

    never_predicted: Any = (
        0.0  # the precision of such a class; scikit-learn's stub knows a word only
    )
    report: Any = classification_report(
        letters.test_labels,
        model.predict(letters.test),
        output_dict=True,
        zero_division=never_predicted,
    )
    return report


def add_reports(bench: "Workbench", reports: Mapping[str, Report]) -> None:
    """Add precision, recall, F1 and support of every class, a column a classifier."""
    first = next(iter(reports.values()))
    bench.table(
        ["class", *reports, "support"],
        [
            [row, *(scores_of(report[row]) for report in reports.values()), support_of(first, row)]
            for row in first
        ],
        "Test letters; in each column precision, recall and F1, and the accuracy.",
    )


def scores_of(entry: Any) -> str:
    """Write what a report says of a class or an average; its accuracy is a single number.

    Examples
    --------
    >>> scores_of({"precision": 0.912, "recall": 0.9, "f1-score": 0.906, "support": 260})
    '0.91 0.90 0.91'
    >>> scores_of(0.936)
    '0.94'
    """
    if isinstance(entry, float):
        return f"{entry:.2f}"
    return " ".join(f"{entry[name]:.2f}" for name in ("precision", "recall", "f1-score"))


def support_of(report: Report, row: str) -> str:
    """Return how many test letters a row of a report is about, all of them for the accuracy."""
    entry = report[row if row != "accuracy" else "weighted avg"]
    return f"{entry['support']:.0f}"


def weighted_f1(reports: Mapping[str, Report]) -> dict[str, float]:
    """Return the weighted F1 of every report."""
    return {name: report["weighted avg"]["f1-score"] for name, report in reports.items()}


def accuracy(reports: Mapping[str, Report]) -> dict[str, float]:
    """Return the accuracy of every report."""
    return {name: report["accuracy"] for name, report in reports.items()}


def in_the_plane(codes: np.ndarray) -> np.ndarray:
    """Return codes (n, d) laid out in the plane, near ones near each other."""
    from sklearn.manifold import TSNE

    return TSNE(random_state=0).fit_transform(codes)


def neighbours_right(letters: Letters, train: np.ndarray, test: np.ndarray) -> float:
    """Return the share of test codes that the nearest training codes name rightly."""
    return isthmus.evaluation.knn_accuracy(
        train, letters.train_labels, test, letters.test_labels, neighbours=5
    )


def neighbour_scores(
    models: "Sequence[isthmus.AutoencoderClassifier]", letters: Letters
) -> list[float]:
    """Return `neighbours_right` of the codes of every model."""
    return [
        neighbours_right(letters, model.transform(letters.train), model.transform(letters.test))
        for model in models
    ]
