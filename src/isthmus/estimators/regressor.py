"""The autoencoder with a regression on its code, trained jointly, as a scikit-learn regressor."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_consistent_length

from isthmus.engine import Callback, Checkpoint, HearsProgress
from isthmus.errors import DataError
from isthmus.estimators import fitting
from isthmus.estimators.abstract import AbstractAutoencoder
from isthmus.estimators.supervised import fit_with_targets, need_targets, read_head
from isthmus.estimators.undone import undone_by_failure
from isthmus.heads import AbstractHead, Regressor
from isthmus.typing import check_between


class AutoencoderRegressor(RegressorMixin, AbstractAutoencoder):
    """Learn a code that reconstructs the examples and predicts quantities.

    The loss is the autoencoder's, plus the negative log likelihood of a linear regression on the
    code with normal noise. The quantities are standardised for it, so that their units do not
    matter, and predicted in their own units. With ``decoder=None`` it is a plain regressor.

    Parameters
    ----------
    latent_dim : int, default=2
        Size d of the code, >= 1.
    regression_weight : float, default=1.0
        Weight of the regression's nats, summed over the quantities, beside the reconstruction's.
    learned_scale : bool, default=False
        Whether the noise of every quantity has a scale that is learned, so that the ones predicted
        well weigh more; otherwise it is one, and the cost half the squared error and a constant.
    encoder, hidden, activation, decoder, latent, likelihood, corruption, bound, penalties
        The slots, as of `isthmus.Autoencoder`.
    scaling, start, image_shape
        What is done to the data, and where training starts, as there.
    optimizer, learning_rate, schedule, epochs, batch_size, patience, validation_fraction
        Training, as there.
    gradient_clip, memory_limit, devices, callbacks, random_state, verbose
        Further settings, as there.

    Attributes
    ----------
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

    target_mean_: np.ndarray
    target_scale_: np.ndarray

    def __init__(
        self,
        latent_dim: int = 2,
        *,
        regression_weight: float = 1.0,
        learned_scale: bool = False,
        encoder: Any = "dense",
        hidden: Any = "auto",
        activation: str = "gelu",
        decoder: Any = "mirror",
        latent: Any = "deterministic",
        likelihood: Any = "auto",
        corruption: Any = None,
        bound: Any = "elbo",
        penalties: Any = "auto",
        scaling: str = "auto",
        start: str = "auto",
        image_shape: tuple[int, ...] | None = None,
        optimizer: Any = "adam",
        learning_rate: float | str = "auto",
        schedule: Any = "warmup_cosine",
        epochs: int | str = "auto",
        batch_size: int | str = "auto",
        patience: int | str = "auto",
        validation_fraction: float = 0.1,
        gradient_clip: float | None = None,
        memory_limit: float = 2e9,
        devices: int | str | None = None,
        callbacks: Sequence[Callback | HearsProgress] = (),
        random_state: Any = None,
        verbose: int = 0,
    ):
        self.latent_dim = latent_dim
        self.regression_weight = regression_weight
        self.learned_scale = learned_scale
        self.encoder = encoder
        self.hidden = hidden
        self.activation = activation
        self.decoder = decoder
        self.latent = latent
        self.likelihood = likelihood
        self.corruption = corruption
        self.bound = bound
        self.penalties = penalties
        self.scaling = scaling
        self.start = start
        self.image_shape = image_shape
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.gradient_clip = gradient_clip
        self.memory_limit = memory_limit
        self.devices = devices
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    @undone_by_failure
    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation_data: Any = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit the autoencoder and the regression.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples, n >= 2.
        y : (n,) or (n, quantities)
            Numbers.
        validation_data : pair of (X, y), optional
            The held-out part, instead of a share of the examples.
        checkpoint : isthmus.engine.Checkpoint, optional
            Where to keep training's state, and whether to go on from it.

        Returns
        -------
        self
        """
        target = self._learned(X, y)
        fit_with_targets(self, X, target, validation_data, self._standardised, checkpoint)
        return self

    @undone_by_failure
    def partial_fit(self, X: Any, y: Any) -> Self:
        """Take one pass over ``X`` from where the weights stand, at a constant learning rate.

        The optimiser goes on too, but for a model that was loaded: its file has weights alone.
        The first call also decides by which mean and deviation the quantities are standardised.

        Parameters
        ----------
        X : (n, D), (n, H, W) or (n, H, W, C)
            Examples.
        y : (n,) or (n, quantities)
            Numbers.

        Returns
        -------
        self
        """
        first = not hasattr(self, "model_")
        fitting.partial_fit(self, X, self._learned(X, y) if first else self._standardised(y))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the predictions, (n,) or (n, quantities) as they were given to fit."""
        read = read_head(self, X)
        shape = (len(read), *self.target_mean_.shape)
        return read.reshape(shape) * self.target_scale_ + self.target_mean_

    def _heads(self, rng: np.random.Generator) -> tuple[AbstractHead, ...]:
        check_between("The estimator", "regression_weight", self.regression_weight, 0, 1e9)
        weight, learned = self.regression_weight, bool(self.learned_scale)
        n_targets = self.target_mean_.size
        return (Regressor.create(rng, self.latent_dim, n_targets, weight, learned),)

    def _learned(self, X: Any, y: Any) -> np.ndarray:
        """Learn mean and deviation of the quantities; return them standardised."""
        need_targets(self, y, "a regressor learns from numbers")
        values = _numbers(y)
        check_consistent_length(X, values)
        self.target_mean_ = np.asarray(values.mean(axis=0))
        scale = values.std(axis=0)
        self.target_scale_ = np.where(scale > 0, scale, 1.0)
        return self._standardised(values)

    def _standardised(self, y: Any) -> np.ndarray:
        values = _numbers(y)
        if values.shape[1:] != self.target_mean_.shape:
            raise DataError(
                f"y has shape {values.shape}; it must be {('n', *self.target_mean_.shape)}, as "
                "before."
            )
        return ((values - self.target_mean_) / self.target_scale_).astype(np.float32)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        return tags


def _numbers(y: Any) -> np.ndarray:
    """Return targets as numbers, (n,) or (n, quantities)."""
    return check_array(y, dtype="float64", ensure_2d=False, input_name="y")
