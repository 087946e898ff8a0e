"""What a probabilistic code and its model achieve: log likelihood, active units, information."""

from typing import NamedTuple

import numpy as np

from isthmus.errors import DataError
from isthmus.evaluation.checks import finite_rows
from isthmus.evaluation.latent import ACTIVE_VARIANCE


class LogLikelihood(NamedTuple):
    """An estimate of the mean log likelihood of an example, in nats.

    Parameters
    ----------
    value
        Mean over the examples of the importance-weighted bound; a lower bound in expectation.
    standard_error
        Of ``value``, from how examples differ; None for a single one, and for a value of -inf.
        It knows nothing of the gap between bound and likelihood.
    jackknife
        The bound with the leading term of that gap, of order 1/K, removed; no bound any more.
        None with a single draw.
    examples
        (n,): the bound of each example.
    """

    value: float
    standard_error: float | None
    jackknife: float | None
    examples: np.ndarray


def importance_log_likelihood(log_weights: np.ndarray) -> LogLikelihood:
    """Estimate the log likelihood from K importance weights an example.

    ``log (1/K) sum_k w_k``, whose expectation is a lower bound of the log likelihood that rises
    with K [1]_. With K=1 it is the evidence lower bound of one draw. The jackknife leaves out one
    weight at a time: ``K L_K - (K - 1) mean L_{K-1}`` [2]_.

    Parameters
    ----------
    log_weights : ndarray of shape (n, K)
        ``log p(x, z_k) - log q(z_k | x)`` of draws from q, in nats; -inf is a weight of 0.

    Returns
    -------
    LogLikelihood
        An example all of whose weights are 0 has the log likelihood -inf; one with a single
        weight above 0 is not corrected.

    Raises
    ------
    DataError
        When there are no weights, or one is NaN or infinite.

    References
    ----------
    .. [1] Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, ICLR 2016.
    .. [2] Nowozin, Debiasing evidence approximations: on importance-weighted autoencoders and
       jackknife variational inference, ICLR 2018.

    Examples
    --------
    >>> found = importance_log_likelihood(np.log([[1.0, 3.0], [2.0, 2.0]]))
    >>> np.exp(found.examples).round(6).tolist(), round(found.value, 6)
    ([2.0, 2.0], 0.693147)
    """
    log_weights = np.asarray(log_weights, np.float64)
    if log_weights.ndim != 2 or log_weights.size == 0:
        raise DataError(
            f"The log weights have shape {log_weights.shape}, but must have (n, K): a row an "
            "example, a column a draw."
        )
    if np.isnan(log_weights).any() or np.isposinf(log_weights).any():
        raise DataError("A log weight is NaN or infinite, but each must be finite, or -inf.")
    n, draws = log_weights.shape
    examples = np.logaddexp.reduce(log_weights, axis=1) - np.log(draws)
    spread = n > 1 and bool(np.isfinite(examples).all())
    return LogLikelihood(
        value=float(examples.mean()),
        standard_error=float(examples.std(ddof=1) / np.sqrt(n)) if spread else None,
        jackknife=float(_jackknife(log_weights, examples).mean()) if draws > 1 else None,
        examples=examples,
    )


def active_units(means: np.ndarray, *, threshold: float = ACTIVE_VARIANCE) -> int:
    """Count the dimensions that the code uses: those whose posterior mean varies over the data.

    Parameters
    ----------
    means : ndarray of shape (n, d)
        Means of the posteriors of n examples.
    threshold : float
        Variance, divided by n, that a unit must exceed; that of [1]_ fits a prior of variance 1.

    Returns
    -------
    int
        0 to d.

    Raises
    ------
    DataError
        When a mean is not finite.

    References
    ----------
    .. [1] Burda, Grosse and Salakhutdinov, Importance weighted autoencoders, ICLR 2016.

    Examples
    --------
    >>> active_units(np.array([[1.0, 0.05], [-1.0, -0.05]]))
    1
    """
    return int((finite_rows("means", means).var(axis=0) > threshold).sum())


def code_information(log_densities: np.ndarray) -> float:
    """Estimate a lower bound of the mutual information of example and code, in nats.

    ``mean_i [log q(z_i | x_i) - log (1/n) sum_j q(z_i | x_j)]``: how much better a code fits
    its own example's posterior than the aggregate posterior of all n [1]_. It is the contrastive
    bound [2]_ with the posterior for its critic: in expectation at least 0, and below the mutual
    information; never above log n, so that a value near log n says only that n is too small.

    Parameters
    ----------
    log_densities : ndarray of shape (n, n)
        Row i, column j: ``log q(z_i | x_j)`` in nats, of one code ``z_i`` drawn from the
        posterior of ``x_i``. Off the diagonal -inf is a density of 0.

    Returns
    -------
    float
        At most log n; below 0 by chance only.

    Raises
    ------
    DataError
        When the matrix is not square, has a NaN or an infinite density, or -inf on its diagonal.

    References
    ----------
    .. [1] Hoffman and Johnson, ELBO surgery: yet another way to carve up the variational evidence
       lower bound, NIPS 2016 workshop on advances in approximate Bayesian inference.
    .. [2] Poole et al., On variational bounds of mutual information, ICML 2019.

    Examples
    --------
    >>> round(code_information(np.log([[1.0, 1e-9], [1e-9, 1.0]])), 6)  # log 2
    0.693147
    >>> code_information(np.zeros((2, 2)))
    0.0
    """
    log_densities = np.asarray(log_densities, np.float64)
    n = len(log_densities) if log_densities.ndim else 0
    if n == 0 or log_densities.shape != (n, n):
        raise DataError(
            f"The log densities have shape {log_densities.shape}, but must have (n, n): a row a "
            "code, a column a posterior."
        )
    own = np.diagonal(log_densities)
    if np.isnan(log_densities).any() or np.isposinf(log_densities).any() or np.isneginf(own).any():
        raise DataError(
            "A log density is NaN or infinite, but each must be finite, or -inf off the diagonal."
        )
    aggregate = np.logaddexp.reduce(log_densities, axis=1) - np.log(n)
    return float((own - aggregate).mean())


def _jackknife(log_weights: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Corrected log likelihood (n,) from the log weights (n, K >= 2) and their bound (n,)."""
    n, draws = log_weights.shape
    nothing = np.full((n, 1), -np.inf)
    before = np.logaddexp.accumulate(np.hstack([nothing, log_weights[:, :-1]]), axis=1)
    after = np.logaddexp.accumulate(np.hstack([nothing, log_weights[:, :0:-1]]), axis=1)[:, ::-1]
    # Two running sums instead of a difference, which loses all digits next to a large weight.
    others = (np.logaddexp(before, after) - np.log(draws - 1)).mean(axis=1)
    can = np.isfinite(others)
    corrected = draws * whole - (draws - 1) * np.where(can, others, 0.0)
    return np.where(can, corrected, whole)
