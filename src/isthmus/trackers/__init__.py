"""Trackers: callbacks that write a fit to an experiment tracker.

A tracker is given to an estimator among its ``callbacks``, inside a ``with`` block:

    with MLflow("digits") as tracker:
        estimator = Autoencoder(2, callbacks=[tracker]).fit(X)
        tracker.log_fit(estimator, X_test)

Each needs a package of its own, which an extra of isthmus installs: ``isthmus[mlflow]``,
``isthmus[tensorboard]`` or ``isthmus[wandb]``. Another tracker is one file: a subclass of
`AbstractTracker` that says how to start, write and finish.
"""

from isthmus.trackers.abstract import AbstractTracker
from isthmus.trackers.mlflow import MLflow
from isthmus.trackers.tensorboard import TensorBoard
from isthmus.trackers.wandb import WeightsAndBiases

__all__ = ["AbstractTracker", "MLflow", "TensorBoard", "WeightsAndBiases"]
