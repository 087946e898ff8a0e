"""What a tracker is: a callback that starts, writes and finishes."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType, TracebackType
from typing import Self

from isthmus.annotations import ExamplesLike, Targets
from isthmus.engine import EpochRecord
from isthmus.errors import SettingError
from isthmus.estimators.fit_cache import IRRELEVANT
from isthmus.fitted import FittedAutoencoder

MEASURES = ("mse", "mse_input", "nats", "floor_nats", "kl", "negative_elbo")
"""What `log_fit` writes of an estimator's ``measure``."""


class AbstractTracker(ABC):
    """A callback that writes the epochs of a fit to an experiment tracker.

    It is open within a ``with`` block. Copies of an estimator share its trackers, so that
    ``sklearn.base.clone`` does not open a second run.
    """

    @abstractmethod
    def start(self) -> None:
        """Open a run."""

    @abstractmethod
    def write(self, values: Mapping[str, float], step: int) -> None:
        """Write finite numbers by name, at a step."""

    @abstractmethod
    def describe(self, settings: Mapping[str, str]) -> None:
        """Write settings by name."""

    @abstractmethod
    def finish(self, failed: bool) -> None:
        """Close the run, and note whether it failed."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish(failed=kind is not None)

    def __call__(self, record: EpochRecord) -> None:
        """Write an epoch."""
        self._write(scalars(record), record.epoch)

    def log_fit(
        self, estimator: FittedAutoencoder, X: ExamplesLike | None = None, y: Targets | None = None
    ) -> None:
        """Write the settings of a fitted estimator, and its measures on examples.

        Parameters
        ----------
        estimator
            Fitted.
        X : (n, ...), optional
            Examples of a test set. Without them no measures are written.
        y : (n,), optional
            Their labels, where the estimator is conditioned on labels.
        """
        self.describe(settings_of(estimator))
        if X is not None:
            measured = estimator.measure(X, estimator.labels_from(y))
            values = {f"test/{name}": measured[name] for name in MEASURES if name in measured}
            self._write(values, estimator.n_epochs_)

    def _write(self, values: Mapping[str, float], step: int) -> None:
        self.write({name: value for name, value in values.items() if math.isfinite(value)}, step)

    def __deepcopy__(self, memo: object) -> Self:
        return self


def scalars(record: EpochRecord) -> dict[str, float]:
    """Return the numbers of an epoch by name.

    Examples
    --------
    >>> from isthmus.engine import EpochRecord
    >>> scalars(EpochRecord(1, 9, 5.0, None, 0, None, {"kl": 2.0}, 0.1, 3.0))
    {'loss/train': 5.0, 'terms/kl': 2.0, 'learning_rate': 0.1, 'seconds': 3.0}
    """
    values = {"loss/train": record.train_loss}
    if record.validation_loss is not None:
        values["loss/validation"] = record.validation_loss
    if record.best_loss is not None:
        values["loss/best_validation"] = record.best_loss
    values |= {f"terms/{name}": float(value) for name, value in record.terms.items()}
    if record.learning_rate is not None:  # an optimiser of the user's own has its own rate
        values["learning_rate"] = record.learning_rate
    values["seconds"] = record.seconds
    return {name: float(value) for name, value in values.items()}


def settings_of(estimator: FittedAutoencoder) -> dict[str, str]:
    """Return all settings that decide a fit as text.

    Examples
    --------
    >>> from isthmus import Autoencoder
    >>> settings_of(Autoencoder(3))["latent_dim"]
    '3'
    """
    params = estimator.get_params(deep=False)
    text = {"estimator": type(estimator).__name__}
    return text | {
        name: value if isinstance(value, str) else repr(value)
        for name, value in sorted(params.items())
        if name not in IRRELEVANT
    }


def need(module: str, extra: str) -> ModuleType:
    """Import a tracker's package.

    Raises
    ------
    SettingError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise SettingError(
            f"{module.partition('.')[0]} is not installed, which this tracker writes with; install"
            f" it by pip install 'isthmus[{extra}]'."
        ) from error
