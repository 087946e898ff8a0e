"""Does each dimension of the code hold one known factor? MIG, DCI and SAP.

All three compare a matrix (d, f) of how much each code dimension says about each factor.
They differ in what "says" means, so figures of one are not figures of another, and each moves
with the estimator: quote it, and the number of examples, next to the figure.
"""

from typing import NamedTuple

import numpy as np

from isthmus.errors import DataError, SettingError
from isthmus.evaluation.checks import finite_rows


class DCI(NamedTuple):
    """Disentanglement, completeness and informativeness.

    Parameters
    ----------
    disentanglement
        0 to 1; 1 when every code dimension is important to one factor only.
    completeness
        0 to 1; 1 when one code dimension is important to each factor.
    informativeness
        Share of held-out examples whose factor is predicted right, mean over the factors,
        0 to 1. What guessing gives is not 0 but the share of the commonest value.
    importance
        (d, f): of each dimension to each factor; a column sums to 1, or to 0 where no
        dimension helps.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: np.ndarray


def mig(codes: np.ndarray, factors: np.ndarray, *, bins: int = 20) -> float:
    """Mutual information gap [1]_: how far the best dimension of each factor is ahead.

    For each factor the mutual information with its best code dimension, less that with the
    second best, divided by the factor's entropy; the mean over the factors.

    Mutual information is estimated as in [2]_: each dimension is cut into ``bins`` intervals of
    equal width between its least and largest value, and the empirical distribution of (interval,
    value) is taken at its word. That estimate is too large by about
    ``(bins - 1) * (values - 1) / (2 n)`` nats, most of which the gap cancels.

    Parameters
    ----------
    codes : ndarray of shape (n, d)
        Codes; for a probabilistic code the means of the posteriors. With ``d=1`` there is no
        second best, which then counts as 0.
    factors : ndarray of shape (n, f)
        The factors that generated the examples, each of finitely many values: numbers or text.
    bins : int
        Intervals a code dimension, at least 2.

    Returns
    -------
    float
        0 to 1. Unchanged by permuting, shifting and scaling code dimensions, but for numbers on
        the edge of an interval.

    Raises
    ------
    DataError
        When codes are not finite, lengths differ, or a factor has one value, or more than half
        as many as there are examples.
    SettingError
        With fewer than two bins.

    References
    ----------
    .. [1] Chen et al., Isolating sources of disentanglement in variational autoencoders,
       NeurIPS 2018.
    .. [2] Locatello et al., Challenging common assumptions in the unsupervised learning of
       disentangled representations, ICML 2019.

    Examples
    --------
    >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> round(mig(factors, factors), 6), round(mig(factors @ [[1, 1], [1, -1]], factors), 6)
    (1.0, 0.0)
    """
    if bins < 2:
        raise SettingError(f"bins={bins} cannot hold a distribution; use at least 2.")
    codes = finite_rows("codes", codes)
    values = _values(factors, len(codes))
    intervals = [_intervals(column, bins) for column in codes.T]
    information = np.array(
        [[_mutual_information(cut, column) for column in values.T] for cut in intervals]
    )
    return float((_gaps(information) / [_entropy(np.bincount(v)) for v in values.T]).mean())


def dci(
    codes: np.ndarray,
    factors: np.ndarray,
    *,
    trees: int = 50,
    held_out: float = 0.5,
    seed: int = 0,
) -> DCI:
    """Disentanglement, completeness and informativeness [1]_, by random forests.

    A forest predicts each factor, as a class, from the whole code. The importance of a dimension
    to a factor is its mean decrease in Gini impurity, with every dimension considered at every
    split. Disentanglement is 1 less the entropy, to base f, of a dimension's importances over the
    factors, the mean weighted by the dimensions' share of all importance. Completeness is 1 less
    the entropy, to base d, of a factor's importances over the dimensions, the mean over factors.

    Parameters
    ----------
    codes : ndarray of shape (n, d)
        Codes; for a probabilistic code the means of the posteriors. With ``d=1`` completeness
        is 1, since there is nothing to spread over; so is disentanglement with ``f=1``.
    factors : ndarray of shape (n, f)
        The factors that generated the examples, each of finitely many values: numbers or text.
    trees : int
        Trees a forest.
    held_out : float
        Share of the examples that the forests are tested and not fitted on, in (0, 1).
    seed : int
        Of the split and the forests.

    Returns
    -------
    DCI
        Unchanged by scaling code dimensions, and but for the forests' ties and draws by permuting
        them.

    Raises
    ------
    DataError
        When codes are not finite, lengths differ, or a factor has one value, or more than half
        as many as there are examples.
    SettingError
        Without trees, or with nothing to fit or to test on.

    References
    ----------
    .. [1] Eastwood and Williams, A framework for the quantitative evaluation of disentangled
       representations, ICLR 2018.

    Examples
    --------
    >>> factors = np.random.default_rng(0).integers(3, size=(300, 2))
    >>> found = dci(factors[:, ::-1], factors, trees=5)
    >>> found.disentanglement > 0.9, found.completeness > 0.9, found.informativeness
    (True, True, 1.0)
    """
    codes = finite_rows("codes", codes)
    values = _values(factors, len(codes))
    return _scores_of_forests(codes, values, held_out, trees, seed)


def _scores_of_forests(
    codes: np.ndarray, values: np.ndarray, held_out: float, trees: int, seed: int
) -> DCI:
    """Return the scores of one forest per factor, tested on a share of the examples."""
    from sklearn.ensemble import RandomForestClassifier

    tested = round(held_out * len(codes))
    if trees < 1 or not 0 < tested < len(codes):
        raise SettingError(
            f"trees={trees}, held_out={held_out}, but a forest needs at least 1 tree, and "
            f"examples to fit and to test on among the {len(codes)}."
        )
    order = np.random.default_rng(seed).permutation(len(codes))
    test, train = order[:tested], order[tested:]
    # Trees compare in float32 and see no difference below 1e-7.
    inputs = _standardised(codes) * np.sqrt(len(codes))
    columns, right = [], []
    for y in values.T:
        forest = RandomForestClassifier(
            trees,
            max_features=None,  # pyright: ignore[reportArgumentType]
            random_state=seed,
        )
        forest.fit(inputs[train], y[train])
        columns.append(forest.feature_importances_)
        right.append((forest.predict(inputs[test]) == y[test]).mean())
    importance = np.stack(columns, axis=1)
    total = importance.sum(axis=1)
    weights = total / total.sum() if total.sum() > 0 else np.full(len(total), 1 / len(total))
    return DCI(
        disentanglement=float(_concentration(importance) @ weights),
        completeness=float(_concentration(importance.T).mean()),
        informativeness=float(np.mean(right)),
        importance=importance,
    )


def sap(codes: np.ndarray, factors: np.ndarray) -> float:
    """Separated attribute predictability [1]_: the gap of the two best linear predictions.

    The score of a dimension for a factor is the R² of the factor's linear regression on that
    dimension alone, their squared correlation, over all examples; 0 for a dimension that does
    not vary. The gap is the best score less the second best; the mean over the factors.

    This is the paper's score for factors with an order. The thresholds that it fits to classes
    are not here: give a class as a column of 0 and 1 for each of its values.

    Parameters
    ----------
    codes : ndarray of shape (n, d)
        Codes; for a probabilistic code the means of the posteriors. With ``d=1`` there is no
        second best, which then counts as 0.
    factors : ndarray of shape (n, f)
        The factors that generated the examples: numbers, in an order that means something.

    Returns
    -------
    float
        0 to 1. Unchanged by permuting, shifting and scaling code dimensions.

    Raises
    ------
    DataError
        When codes or factors are not finite numbers, lengths differ, or a factor is constant.

    References
    ----------
    .. [1] Kumar, Sattigeri and Balakrishnan, Variational inference of disentangled latent
       concepts from unlabeled observations, ICLR 2018.

    Examples
    --------
    >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> round(sap(3 * factors, factors), 6), round(sap(factors @ [[1, 1], [1, -1]], factors), 6)
    (1.0, 0.0)
    """
    codes = finite_rows("codes", codes)
    values = finite_rows("factors", factors)
    _check_length(values, len(codes))
    for j in np.flatnonzero(np.ptp(values, axis=0) == 0):
        raise DataError(_constant(int(j)))
    return float(_gaps((_standardised(codes).T @ _standardised(values)) ** 2).mean())


def _values(factors: np.ndarray, n: int) -> np.ndarray:
    """Factors (n, f) as whole numbers from 0, the same for the same value."""
    factors = np.asarray(factors)
    if factors.dtype.kind in "biuf":
        factors = finite_rows("factors", factors)
    _check_length(factors, n)
    columns = factors.reshape(n, -1).T
    numbered = [np.unique(column, return_inverse=True)[1].reshape(n) for column in columns]
    for j, column in enumerate(numbered):
        kinds = int(column.max()) + 1
        if kinds == 1:
            raise DataError(_constant(j))
        if kinds > n / 2:
            raise DataError(
                f"Factor {j} has {kinds} values among {n} examples, too many to count with; "
                "give more examples, or cut the factor into intervals (numpy.digitize)."
            )
    return np.stack(numbered, axis=1)


def _check_length(factors: np.ndarray, n: int) -> None:
    if factors.ndim == 0 or len(factors) != n or factors.size == 0:
        raise DataError(
            f"There are {n} codes, but factors of shape {factors.shape}; give one row of "
            "factors for each code."
        )


def _constant(factor: int) -> str:
    return f"Factor {factor} has the same value in every example; leave it out."


def _intervals(column: np.ndarray, bins: int) -> np.ndarray:
    """Index (n,) of the interval of equal width that each number falls into."""
    low, width = column.min(), np.ptp(column)
    if width == 0:
        return np.zeros(len(column), np.int64)
    return np.minimum((column - low) / width * bins, bins - 1).astype(np.int64)


def _entropy(counts: np.ndarray) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def _mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """Mutual information in nats of two columns of whole numbers from 0, as counted."""
    joint = np.bincount(a * (b.max() + 1) + b)
    return _entropy(np.bincount(a)) + _entropy(np.bincount(b)) - _entropy(joint)


def _gaps(scores: np.ndarray) -> np.ndarray:
    """Best less second best (f,) of scores (d, f), which are at least 0."""
    ranked = np.sort(np.vstack([np.zeros(scores.shape[1]), scores]), axis=0)
    return ranked[-1] - ranked[-2]


def _concentration(importance: np.ndarray) -> np.ndarray:
    """1 less the entropy (a,) of each row of importances (a, b), to base b; 0 for an empty row."""
    rows, size = importance.shape
    if size == 1:
        return np.ones(rows)
    total = importance.sum(axis=1, keepdims=True)
    share = np.divide(importance, total, out=np.full_like(importance, 1 / size), where=total > 0)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return 1 + (share * logs).sum(axis=1) / np.log(size)


def _standardised(X: np.ndarray) -> np.ndarray:
    """Centre columns (n, d) and scale them to length 1; a column that does not vary becomes 0."""
    spread = np.ptp(X, axis=0)
    centred = np.where(spread > 0, (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0), 0.0)
    return centred / np.where(spread > 0, np.linalg.norm(centred, axis=0), 1.0)
