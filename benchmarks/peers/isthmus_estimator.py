"""isthmus, through its estimator, as a user would train it."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from benchmarks.workloads import Workload

import isthmus
from isthmus.engine import EpochRecord
from isthmus.networks import Convolutional


class _Epochs:
    """Turns of an epoch each; nothing is on its way to the device when an epoch is told of."""

    def __init__(self, turn: Callable[[int], None]):
        self.turn = turn

    def __call__(self, record: EpochRecord) -> None:
        self.turn(record.epoch)


class _Blocks:
    """Turns of many epochs, counted by the steps that are told of: so blocks may span epochs.

    A block is on its way when the one before is told of. It belongs to the turn that sent it: while
    others have their turn nothing is computed here.
    """

    def __init__(self, steps_a_turn: int, turn: Callable[[int], None]):
        self.steps_a_turn, self.turn, self.turns = steps_a_turn, turn, 0

    def on_progress(self, done_steps: int, total_steps: int) -> None:
        if done_steps // self.steps_a_turn > self.turns:
            self.turns += 1
            for array in jax.live_arrays():
                if not array.is_deleted():
                    array.block_until_ready()
            self.turn(self.turns)


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train by `isthmus.Autoencoder.fit`."""

    def report(turns: int) -> None:
        # The same seed gives the same bits, so a shorter fit is this one as it stands.
        epochs = turns * workload.epochs_a_turn
        turn(lambda x_: make(workload, epochs).fit(x).reconstruct(x_))

    one = workload.epochs_a_turn == 1
    watch = _Epochs(report) if one else _Blocks(workload.steps * workload.epochs_a_turn, report)
    make(workload, 1_000_000 // workload.steps).set_params(callbacks=(watch,)).fit(x)


def make(workload: Workload, epochs: int) -> isthmus.Autoencoder:
    """Return the estimator of a workload: plain, without the start from PCA."""
    slots: dict[str, Any] = {"hidden": workload.widths[1:-1]}
    if workload.kind == "convolutional":
        channels, hidden = (8, 16, 32), workload.widths[1:-1]
        encoder = Convolutional(channels, hidden=hidden, activation="relu", batch_norm=True)
        slots = {"encoder": encoder, "image_shape": (28, 28)}
    elif workload.kind == "variational":
        slots |= {"latent": "gaussian", "likelihood": "bernoulli"}
    return isthmus.Autoencoder(
        workload.widths[-1],
        **slots,
        activation=workload.activation,
        batch_size=workload.batch_size,
        epochs=epochs,
        learning_rate=workload.learning_rate,
        schedule="constant",
        scaling="none",
        start="random",
        penalties=(),
        validation_fraction=0,
        patience=0,
        random_state=0,
    )
