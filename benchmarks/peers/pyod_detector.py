"""pyod's AutoEncoder: its own loop, around the same layers as everybody's."""

from collections.abc import Callable

import numpy as np
from benchmarks.peers import Unsupported
from benchmarks.peers.torch_models import build, reconstructing
from benchmarks.workloads import Workload
from pyod.models.auto_encoder import AutoEncoder


class _Detector(AutoEncoder):
    """pyod drops the last, short batch of an epoch; all else is the same work."""

    workload: Workload
    turn: Callable[..., None]
    epochs: int = 0

    def build_model(self) -> None:
        self.model = build(self.workload)

    def epoch_update(self) -> None:
        self.epochs += 1
        if self.epochs % self.workload.epochs_a_turn == 0:
            self.turn(reconstructing(self.model))


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train until the turns end."""
    if workload.kind == "variational":
        raise Unsupported("pyod's AutoEncoder has no variational code")
    detector = _Detector(
        preprocessing=False,
        lr=workload.learning_rate,
        epoch_num=10**6,
        batch_size=workload.batch_size,
        optimizer_params={},
        random_state=0,
        verbose=0,
    )
    detector.workload, detector.turn = workload, turn
    detector.fit(x)
