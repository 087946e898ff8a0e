"""scikit-learn's MLPRegressor, taught to give back its input."""

from collections.abc import Callable

import numpy as np
from benchmarks.peers import Unsupported
from benchmarks.workloads import Workload
from sklearn.neural_network import MLPRegressor


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train by ``partial_fit``, which takes one pass in batches."""
    if workload.kind != "dense":
        raise Unsupported("MLPRegressor is dense and deterministic")
    model = MLPRegressor(
        hidden_layer_sizes=(*workload.widths[1:], *workload.widths[-2:0:-1]),
        activation=workload.activation,
        alpha=0,
        batch_size=min(workload.batch_size, len(x)),
        learning_rate_init=workload.learning_rate,
        random_state=0,
    )
    while True:
        for _ in range(workload.epochs_a_turn):
            model.partial_fit(x, x)
        turn(model.predict)
