"""Is the code useful? A nearest-neighbour probe that reads labels off it."""

import numpy as np

from isthmus.unlabelled import known_labels, plain_labels

MOST_CLASSES = 100

UNLABELLED = "unlabelled"
"""The class, among classes as text, of examples that have no label."""


def as_classes(labels: np.ndarray | None) -> np.ndarray | None:
    """Return labels as strings when they are classes, None when they are a measurement.

    Classes are text, booleans or whole numbers of at most 100 kinds, each met twice on
    average; ``3.0`` and ``3`` are the same class. Examples without a label are ``"unlabelled"``.

    Parameters
    ----------
    labels : array-like of shape (n,) or None

    Returns
    -------
    ndarray of str of shape (n,), or None

    Examples
    --------
    >>> as_classes(np.array([1.0, 2.0, 1.0, 2.0])).tolist()
    ['1', '2', '1', '2']
    >>> as_classes(np.array([0.3, 0.7, 1.1])) is None
    True
    """
    if labels is None:
        return None
    values = np.asarray(labels)
    if values.ndim != 1 or len(values) == 0:
        return None
    known = known_labels(values)
    if not known.all():
        if not known.any():
            return None
        classes = as_classes(plain_labels(values[known]))
        if classes is None:
            return None
        names = np.full(len(values), UNLABELLED, np.result_type(classes, np.array(UNLABELLED)))
        names[known] = classes
        return names
    if values.dtype.kind == "f":
        if not np.all(np.mod(values, 1) == 0):
            return None
        values = values.astype(np.int64)
    names = values.astype(str)
    kinds = len(np.unique(names))
    return names if kinds <= min(MOST_CLASSES, max(2, len(names) // 2)) else None


def knn_accuracy(
    train: np.ndarray,
    train_labels: np.ndarray,
    test: np.ndarray,
    test_labels: np.ndarray,
    *,
    neighbours: int = 5,
) -> float:
    """Share of test examples whose label the nearest training codes vote for.

    Parameters
    ----------
    train, test : ndarray of shape (n, d), (m, d)
        Codes; Euclidean distance, no scaling of their own.
    train_labels, test_labels : ndarray of shape (n,), (m,)
        Classes.
    neighbours : int
        How many neighbours vote, at most n.

    Returns
    -------
    float
        Accuracy, 0 to 1.

    Examples
    --------
    >>> codes, labels = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array(["a", "a", "b", "b"])
    >>> knn_accuracy(codes, labels, codes, labels, neighbours=1)
    1.0
    """
    from sklearn.neighbors import KNeighborsClassifier

    probe = KNeighborsClassifier(min(neighbours, len(train))).fit(train, train_labels)
    return float((probe.predict(test) == np.asarray(test_labels)).mean())
