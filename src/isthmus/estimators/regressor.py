"""The autoencoder with a regression on its code, trained jointly, as a scikit-learn regressor."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils import Tags, check_array
from sklearn.utils.validation import check_consistent_length

from isthmus.annotations import ExamplesLike, Targets
from isthmus.errors import DataError
from isthmus.estimators.base import AbstractAutoencoder
from isthmus.estimators.registry import registered
from isthmus.estimators.supervising import automatic_weight, head_weight
from isthmus.estimators.targets import TargetKind, labelled_rows, need_targets
from isthmus.heads import AbstractHead, Regressor
from isthmus.unlabelled import known_labels


@registered
@dataclass(eq=False, repr=False)
class AutoencoderRegressor(RegressorMixin, AbstractAutoencoder):
    """Learn a code that reconstructs the examples and predicts quantities.

    The loss is the autoencoder's, plus the negative log likelihood of a linear regression on the
    code with normal noise. The quantities are standardised for it, so that their units do not
    matter, and predicted in their own units. With ``decoder=None`` it is a plain regressor.

    Quantities may be missing, None or NaN: each is learned from the examples that have it, the rest
    of the loss from all.

    Parameters
    ----------
    regression_weight : "auto" or float, default="auto"
        Weight of the regression's nats, summed over the quantities, compared with those of the
        reconstruction. ``"auto"`` is 1, and 10 where some examples lack a quantity.
    learned_scale : bool, default=False
        Whether the noise of every quantity has a scale that is learned, so that the ones predicted
        well weigh more; otherwise it is one, and the cost half the squared error and a constant.
    latent_dim, encoder, hidden, ...
        As of `isthmus.Autoencoder`.

    Attributes
    ----------
    regression_weight_ : float
        The weight, chosen if it was automatic.
    target_mean_, target_scale_ : ndarray () or (quantities,)
        Mean and standard deviation of the quantities; the latter is 1 where one is constant.

    Further attributes are as of `isthmus.Autoencoder`.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> regressor = AutoencoderRegressor(4, hidden=(32,), epochs=2, random_state=0).fit(X, y)
    >>> regressor.predict(X).shape, regressor.transform(X).shape
    ((442,), (442, 4))
    """

    _: KW_ONLY
    regression_weight: float | str = "auto"
    learned_scale: bool = False

    regression_weight_: ClassVar[float] = 1.0
    _plain = (*AbstractAutoencoder._plain, "regression_weight_")
    _arrays = (*AbstractAutoencoder._arrays, "target_mean_", "target_scale_")

    @property
    def target_kind(self) -> TargetKind:
        """``"quantities"``: it predicts numbers."""
        return "quantities"

    def predict(self, X: ExamplesLike) -> np.ndarray:
        """Return the predictions, (n,) or (n, quantities) as they were given to fit."""
        read = self._read_head(X)
        shape = (len(read), *self.target_mean_.shape)
        return read.reshape(shape) * self.target_scale_ + self.target_mean_

    def score(self, X: ExamplesLike, y: Targets, sample_weight: ArrayLike | None = None) -> float:
        """Return R² of the predictions, on the examples whose quantities are known.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,) or (n, quantities)
            Quantities; examples that lack one are left out.
        sample_weight : (n,), optional
            Weights of the examples.
        """
        from sklearn.metrics import r2_score

        y, known = labelled_rows(_numbers(y))
        weights = None if sample_weight is None else np.asarray(sample_weight)[known]
        return float(r2_score(y, self.predict(X)[known], sample_weight=weights))

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        weight = head_weight("regression_weight", self.regression_weight, self.regression_weight_)
        vars(self)["regression_weight_"], learned = weight, bool(self.learned_scale)
        n_targets = self.target_mean_.size
        return (Regressor.create(rng, int(self.latent_dim), n_targets, weight, learned),)

    def _learn_targets(self, X: ExamplesLike, y: Targets | None) -> np.ndarray:
        need_targets(self, y, "a regressor learns from numbers")
        values = _numbers(y)
        check_consistent_length(X, values)
        rows = values.reshape(len(values), -1)
        if np.isnan(rows).all(axis=0).any():
            raise DataError(
                f"A quantity is missing in all {len(values)} examples: give it for some, or leave "
                "it out."
            )
        self.target_mean_ = np.asarray(np.nanmean(values, axis=0))
        vars(self)["regression_weight_"] = automatic_weight(not np.isnan(rows).any())
        scale = np.nanstd(values, axis=0)
        self.target_scale_ = np.where(scale > 0, scale, 1.0)
        return self._encode_targets(values)

    def _encode_targets(self, y: Targets | None) -> np.ndarray:
        values = _numbers(y)
        if values.shape[1:] != self.target_mean_.shape:
            raise DataError(
                f"y has shape {values.shape}; it must be {('n', *self.target_mean_.shape)}, as "
                "before."
            )
        return ((values - self.target_mean_) / self.target_scale_).astype(np.float32)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        return tags


def _numbers(y: Targets | None) -> np.ndarray:
    """Return targets as numbers, (n,) or (n, quantities), NaN where one is missing."""
    given = np.asarray(y)
    if given.dtype.hasobject:
        y = np.where(known_labels(given), given, np.nan)
    how: Any = {"ensure_2d": False, "ensure_all_finite": "allow-nan"}
    return check_array(y, dtype="float64", input_name="y", **how)
