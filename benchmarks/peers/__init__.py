"""The peers: for each a function that trains a workload for as long as it is asked to.

``train(workload, x, turn)`` calls ``turn(reconstruct)`` after every ``workload.epochs_a_turn``
epochs; ``turn`` raises `Stop` when that is enough. A peer that cannot express a workload raises
`Unsupported` with the reason. Every peer starts from weights of the same distribution.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

Train = Callable[[Any, Any, Callable[..., None]], None]


class Stop(Exception):  # noqa: N818
    """Enough turns."""


class Unsupported(Exception):  # noqa: N818
    """The peer has no such model."""


def _load(module: str, function: str = "train") -> Callable[[], Train]:
    return lambda: getattr(import_module(f"benchmarks.peers.{module}"), function)


PEERS: dict[str, Callable[[], Train]] = {
    "isthmus": _load("isthmus_estimator"),
    "torch-tuned": _load("torch_loops", "train_tuned"),
    "torch-compiled": _load("torch_loops", "train_compiled"),
    "torch-tutorial": _load("torch_loops", "train_tutorial"),
    "keras-jax": _load("keras_on_jax"),
    "lightning": _load("lightning_trainer"),
    "skorch": _load("skorch_net"),
    "pythae": _load("pythae_trainer"),
    "pyod": _load("pyod_detector"),
    "sklearn-mlp": _load("sklearn_mlp"),
}
"""By name; a peer's libraries are imported when it is asked for."""
