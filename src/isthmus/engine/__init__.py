"""The engine: compiled training steps, the loop around them, feed, optimisers, checkpoints."""

from isthmus.engine.checkpoint import Checkpoint
from isthmus.engine.compilation_cache import keep_compiled
from isthmus.engine.devices import Devices
from isthmus.engine.feed import Feed
from isthmus.engine.loop import train
from isthmus.engine.optimiser import OPTIMIZERS, SCHEDULES, Optimiser
from isthmus.engine.pairs import Partners
from isthmus.engine.records import (
    Callback,
    EpochRecord,
    HearsProgress,
    HearsStart,
    Trained,
)
from isthmus.engine.steps import State
from isthmus.engine.supervision import Supervision
from isthmus.engine.together import Replica, shape_of, train_together

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Callback",
    "Checkpoint",
    "Devices",
    "EpochRecord",
    "Feed",
    "HearsProgress",
    "HearsStart",
    "Optimiser",
    "Partners",
    "Replica",
    "State",
    "Supervision",
    "Trained",
    "keep_compiled",
    "shape_of",
    "train",
    "train_together",
]
