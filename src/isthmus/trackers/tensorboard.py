"""Fits in TensorBoard."""

import time
from collections.abc import Mapping
from os import PathLike
from typing import Any

from isthmus.trackers.abstract import AbstractTracker, need


class TensorBoard(AbstractTracker):
    """Write a fit as an event file of TensorBoard, without TensorFlow.

    Parameters
    ----------
    folder : path, default="tensorboard"
        Where the event file is written; ``tensorboard --logdir`` takes it or a folder above it. One
        folder per fit keeps the curves apart.
    """

    def __init__(self, folder: str | PathLike[str] = "tensorboard") -> None:
        self._folder = str(folder)
        self._writer: Any = None

    def start(self) -> None:
        """Open an event file."""
        writers = need("tensorboard.summary.writer.event_file_writer", "tensorboard")
        self._writer = writers.EventFileWriter(self._folder)

    def write(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers at a step."""
        summary = need("tensorboard.compat.proto.summary_pb2", "tensorboard").Summary
        shown = [summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._add(summary(value=shown), step)

    def describe(self, settings: Mapping[str, str]) -> None:
        """Write settings as the hyperparameters of the fit."""
        hparams = need("tensorboard.plugins.hparams.summary_v2", "tensorboard")
        self._add(hparams.hparams_pb(dict(settings)), 0)

    def finish(self, failed: bool) -> None:
        """Close the event file."""
        self._writer.close()

    def _add(self, summary: object, step: int) -> None:
        event = need("tensorboard.compat.proto.event_pb2", "tensorboard").Event
        self._writer.add_event(event(wall_time=time.time(), step=step, summary=summary))
        self._writer.flush()
