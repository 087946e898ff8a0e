"""The detector: any autoencoder of isthmus as a scikit-learn outlier detector."""

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, OutlierMixin
from sklearn.utils import Tags, check_random_state, get_tags
from sklearn.utils.validation import check_is_fitted

from isthmus.annotations import Examples, ExamplesLike, RandomState, Targets
from isthmus.checks import check_between
from isthmus.errors import SettingError
from isthmus.estimators.conditional import AnyAutoencoder
from isthmus.estimators.door import table_of
from isthmus.estimators.inputs import take_examples
from isthmus.estimators.units import units_trusted
from isthmus.outliers import conformal
from isthmus.outliers.contamination import chosen_offset
from isthmus.outliers.drift import Drift, drift
from isthmus.outliers.examples import known_examples
from isthmus.outliers.folds import Fold, divided, fit_fold, of_encoded_rows
from isthmus.outliers.reasons import Reasons, explain
from isthmus.outliers.scores import MEMBERS, AbstractScore, Neighbours
from isthmus.specifications import member_of
from isthmus.tables import Schema
from isthmus.tables.matching import align

SCORED_AT_ONCE = 4_096
"""Examples whose codes and residuals are in memory at a time."""


class OutlierDetector(OutlierMixin, MetaEstimatorMixin, BaseEstimator):
    """Find outliers by an autoencoder, with a p-value and a reason for each.

    A part of the examples is held out from the fit of the autoencoder and of the score, and says
    what scores usual examples have: conformal p-values, which hold for any distribution.

    Parameters
    ----------
    autoencoder : estimator or None, default=None
        An autoencoder of isthmus, fitted here to a copy; None is a small one that is trained
        briefly, since long training learns the outliers too. One that is fitted already is wrapped
        without a new fit as ``sklearn.frozen.FrozenEstimator(fitted)``: give ``fit`` examples that
        it has not learned from, or p-values are too small.
    scoring : str or member of `isthmus.outliers.scores`, default="auto"
        How unusual an example is. ``"auto"`` is `isthmus.outliers.automatic_score`: distances to
        the nearest examples.
    contamination : "auto" or float, default="auto"
        Share of outliers among the examples of the fit, in (0, 0.5], which ``predict`` goes by;
        ``"auto"`` estimates it, see `isthmus.outliers.contamination`.
    calibration : {"auto", "split", "cross"}, default="auto"
        ``"split"`` holds out a fifth of the examples, 2,000 at most; ``"cross"`` fits five times,
        each time without a fifth, and scores by the mean; ``"auto"`` is ``"cross"`` below 500
        examples.
    trimmed : float, default=0
        Share of the examples, the most unusual by a first fit, which a second fit does without, in
        [0, 0.5]. Worth its time where outliers among the examples are many.
    random_state : int, RandomState instance or None, default=None
        Decides what is held out, and the autoencoder's randomness where that has no state itself.

    Attributes
    ----------
    autoencoder_ : estimator
        The fitted autoencoder, the first of several.
    score_ : isthmus.outliers.scores.AbstractScore
        The fitted score, the first of several.
    calibration_scores_ : (n,)
        Surprise of the held-out examples, nats; higher is more unusual.
    contamination_ : float
        Share of outliers among the examples, set or estimated.
    offset_ : float
        ``decision_function`` is ``score_samples`` less this.
    schema_ : isthmus.tables.Schema or None
        How a table of several kinds of columns becomes numbers; None for numbers and images.
    n_features_in_, feature_names_in_
        As everywhere in scikit-learn.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(600, 3))
    >>> X[:, 2] = X[:, 0] + X[:, 1] + 0.1 * X[:, 2]
    >>> detector = OutlierDetector(random_state=0).fit(X)
    >>> odd = np.array([[1.0, 1.0, -2.0], [1.0, 1.0, 2.0]])
    >>> detector.predict(odd).tolist()
    [-1, 1]
    >>> detector.p_values(odd).round(2).tolist()[0]
    0.01
    """

    n_features_in_: int
    feature_names_in_: np.ndarray
    schema_: Schema | None
    folds_: list[Fold]
    contamination_: float
    offset_: float

    def __init__(
        self,
        autoencoder: BaseEstimator | None = None,
        scoring: str | AbstractScore = "auto",
        contamination: float | str = "auto",
        *,
        calibration: str = "auto",
        trimmed: float = 0.0,
        random_state: RandomState = None,
    ):
        self.autoencoder = autoencoder
        self.scoring = scoring
        self.contamination = contamination
        self.calibration = calibration
        self.trimmed = trimmed
        self.random_state = random_state

    def fit(self, X: ExamplesLike, y: Targets | None = None, **fit_params: Any) -> Self:
        """Fit autoencoder and score, and calibrate them.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C), a sparse matrix, or a data frame
            Examples, n >= 10. Outliers among them are allowed for, but p-values are then too
            large: they compare with the outliers, too.
        y : ignored
            Here by scikit-learn's convention.
        **fit_params
            None is taken; ``sample_weight`` is refused, since p-values count examples alike.

        Returns
        -------
        self
        """
        if fit_params:
            raise SettingError(
                f"OutlierDetector.fit takes no {', '.join(fit_params)}: scores and p-values count "
                "every example alike. Fit a weighted autoencoder first, and give it as "
                "autoencoder=sklearn.frozen.FrozenEstimator(autoencoder)."
            )
        check_between("OutlierDetector", "trimmed", self.trimmed, 0, 0.5)
        if self.contamination != "auto":
            check_between(
                "OutlierDetector", "contamination", self.contamination, 0, 0.5, open_low=True
            )
        X = known_examples(self, X, fitting=True)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        score, autoencoder = chosen_score(self.scoring), self.autoencoder
        if self.schema_ is not None:
            autoencoder = of_encoded_rows(autoencoder, X)
        self.folds_ = []
        with units_trusted():
            for rows in divided(len(X), self.calibration, seed):
                fitted, held = (take_examples(X, part) for part in rows)
                self.folds_.append(fit_fold(autoencoder, score, fitted, held, self.trimmed, seed))
            scores = self._scores(X)
        self.contamination_, threshold = chosen_offset(scores, self.contamination)
        self.offset_ = -threshold
        return self

    def score_samples(self, X: ExamplesLike) -> np.ndarray:
        """Return how usual each example is (n,): minus its surprise in nats; higher is more usual.

        The surprise is minus the logarithm of a tail probability, if the scores of usual examples
        scattered normally about their median: 0.7 for half of them, 3 for one in 20. `p_values`
        promises what this only suggests.
        """
        return -self._scores(known_examples(self, X))

    def decision_function(self, X: ExamplesLike) -> np.ndarray:
        """Return `score_samples` less the offset (n,): below 0 for outliers."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return 1 for usual examples and -1 for outliers (n,)."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def p_values(
        self, X: ExamplesLike, conditional: bool = False, delta: float = 0.1
    ) -> np.ndarray:
        """Return the p-value of each example being a usual one.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            New examples, none of those of ``fit``.
        conditional
            Whether the p-values hold for the very examples that were held out, with probability 1
            - ``delta``; those otherwise hold on average over what could have been held out.
        delta
            See `isthmus.outliers.conformal.conditional_p_values`.

        Returns
        -------
        ndarray (n,)
            In (0, 1]; of a usual example at most t with a probability of at most t.
        """
        return self._p_values(self._fold_scores(known_examples(self, X)), conditional, delta)

    def scores_and_p_values(self, X: ExamplesLike) -> tuple[np.ndarray, np.ndarray]:
        """Return minus `score_samples`, and `p_values`, each (n,), by one pass."""
        scores = self._fold_scores(known_examples(self, X))
        return scores.mean(axis=1), self._p_values(scores, False, 0.1)

    def select(
        self, X: ExamplesLike, fdr: float = 0.1, conditional: bool = False, delta: float = 0.1
    ) -> np.ndarray:
        """Tell which examples (n,) are outliers; on average at most ``fdr`` of them wrongly.

        Benjamini and Hochberg's procedure on `p_values`, with ``conditional`` on those.
        """
        return conformal.benjamini_hochberg(self.p_values(X, conditional, delta), fdr)

    def threshold(self, rate: float) -> float:
        """Return the score that a usual example exceeds with a probability of at most ``rate``."""
        check_is_fitted(self)
        return conformal.rate_threshold(self.calibration_scores_, rate)

    def explain(self, X: ExamplesLike) -> Reasons:
        """Return why each example has the score that it has: features, and what they should be.

        See `isthmus.outliers.Reasons`; of a table with a schema the features are those that
        ``schema_.feature_names`` names, such as ``colour=red``.
        """
        check_is_fitted(self)
        return explain(self.folds_, known_examples(self, X))

    def drift(self, X: ExamplesLike) -> Drift:
        """Test whether new examples come from where those of ``fit`` came from.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            New examples, none of those of ``fit``.
        """
        check_is_fitted(self)
        return drift(self.folds_, known_examples(self, X))

    def encode_table(self, X: ExamplesLike) -> Examples:
        """Return examples as the autoencoder takes them: rows of a table by ``schema_``."""
        check_is_fitted(self)
        return known_examples(self, X)

    def aligned(self, X: ExamplesLike) -> Any:
        """Return the rows of a table with the columns of ``schema_``, as an Arrow table."""
        check_is_fitted(self)
        assert self.schema_ is not None
        return align(self.schema_, table_of(X), "X").table

    def save(self, path: str | Path) -> Path:
        """Write the fitted detector to a folder, which `isthmus.outliers.load` reads."""
        from isthmus.outliers.persistence import save

        return save(self, path)

    @property
    def autoencoder_(self) -> AnyAutoencoder:
        """The fitted autoencoder, the first of several."""
        return self.folds_[0].autoencoder

    @property
    def score_(self) -> AbstractScore:
        """The fitted score, the first of several."""
        return self.folds_[0].score

    @property
    def calibration_scores_(self) -> np.ndarray:
        """Scores (n,) of the held-out examples of every fold."""
        return np.concatenate([fold.calibration for fold in self.folds_])

    def __sklearn_tags__(self) -> Tags:
        """Return a detector's tags; missing entries are as the autoencoder has them."""
        tags = super().__sklearn_tags__()
        missing = self.autoencoder is None or get_tags(self.autoencoder).input_tags.allow_nan
        tags.input_tags.allow_nan = missing
        tags.input_tags.sparse = True
        return tags

    def _scores(self, X: Examples) -> np.ndarray:
        return self._fold_scores(X).mean(axis=1)

    def _fold_scores(self, X: Examples) -> np.ndarray:
        """Return scores (n, folds), a block of examples at a time."""
        check_is_fitted(self)
        parts = []
        for start in range(0, len(X), SCORED_AT_ONCE):
            part = take_examples(X, np.arange(start, min(start + SCORED_AT_ONCE, len(X))))
            parts.append(
                np.stack([fold.surprise(fold.encode(part)) for fold in self.folds_], axis=1)
            )
        return np.concatenate(parts)

    def _p_values(self, scores: np.ndarray, conditional: bool, delta: float) -> np.ndarray:
        """Return p-values of scores (n, folds): every fold counts its own held-out examples."""
        n = len(self.calibration_scores_)
        above = np.zeros(len(scores))
        for fold, own in zip(self.folds_, scores.T, strict=True):
            above += conformal.p_values(own, fold.calibration) * (len(fold.calibration) + 1) - 1
        p = (1 + np.round(above)) / (n + 1)
        return conformal.conditional_p_values(p, n, delta) if conditional else p


def chosen_score(setting: str | AbstractScore) -> AbstractScore:
    """Return the score of a setting."""
    if isinstance(setting, str) and setting == "auto":
        return automatic_score()
    return member_of("score", setting, MEMBERS, AbstractScore, "isthmus.outliers.scores")


def automatic_score() -> AbstractScore:
    """Return the score that ``"auto"`` means, whatever the data: `Neighbours` as it stands.

    One rule for every table, for there are no labels to choose by. It compares at several scales,
    since nobody knows whether outliers come alone or as groups, and takes the largest surprise; in
    three spaces, since nobody knows in which they stand out, and takes the mean. `docs/outliers.md`
    has the measurements behind both.
    """
    return Neighbours()
