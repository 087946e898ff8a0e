"""The engine: one compiled training loop, its feed, its optimisers, its checkpoints."""

from isthmus.engine.checkpoint import Checkpoint
from isthmus.engine.compilation_cache import keep_compiled
from isthmus.engine.devices import Devices
from isthmus.engine.feed import Feed
from isthmus.engine.loop import State, train
from isthmus.engine.optimiser import OPTIMIZERS, SCHEDULES, Optimiser
from isthmus.engine.records import Callback, EpochRecord, HearsProgress, Trained
from isthmus.engine.together import Lane, shape_of, train_together

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Callback",
    "Checkpoint",
    "Devices",
    "EpochRecord",
    "Feed",
    "HearsProgress",
    "Lane",
    "Optimiser",
    "State",
    "Trained",
    "keep_compiled",
    "shape_of",
    "train",
    "train_together",
]
