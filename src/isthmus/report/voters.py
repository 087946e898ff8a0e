"""Nearest labelled examples that vote for the labels of others."""

from dataclasses import dataclass

import numpy as np

from isthmus.evaluation import UNLABELLED, as_classes, knn_accuracy
from isthmus.report.sample import Sample


@dataclass(frozen=True)
class Voters:
    """Labelled training examples, and labelled examples to predict.

    Attributes
    ----------
    rows, asked : ndarray of whole numbers
        Which of the codes of either part have a label.
    known, wanted : ndarray of str
        Their classes.
    """

    rows: np.ndarray
    asked: np.ndarray
    known: np.ndarray
    wanted: np.ndarray

    def accuracy(self, train: np.ndarray, asked: np.ndarray, neighbours: int) -> float:
        """Return the share of labels that the nearest of the training codes (n, d) vote for."""
        there, here = train[self.rows], asked[self.asked]
        return knn_accuracy(there, self.known, here, self.wanted, neighbours=neighbours)


def classes_of(train: Sample, asked: Sample) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the classes of both samples as words; None where their labels are no classes."""
    if train.labels is None or asked.labels is None:
        return None
    classes = as_classes(np.concatenate([train.labels, asked.labels]))
    return None if classes is None else (classes[: len(train)], classes[len(train) :])


def voters_of(train: Sample, asked: Sample, most: int) -> Voters | None:
    """Return who votes for whom; None without classes.

    Parameters
    ----------
    train, asked
        With codes and labels.
    most
        Maximum number of examples that are predicted: the first with a label.
    """
    classes = classes_of(train, asked)
    if classes is None:
        return None
    known, wanted = classes
    rows = np.flatnonzero(known != UNLABELLED)
    chosen = np.flatnonzero(wanted != UNLABELLED)[:most]
    if not len(rows) or not len(chosen):
        return None
    return Voters(rows, chosen, known[rows], wanted[chosen])
