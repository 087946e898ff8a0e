"""Fits in Weights & Biases."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from isthmus.trackers.abstract import AbstractTracker, need


class WeightsAndBiases(AbstractTracker):
    """Write a fit to Weights & Biases, by default offline: nothing leaves the machine.

    Parameters
    ----------
    project : str, default="isthmus"
    run_name : str or None
        Name of the run; one is made up without.
    folder : path, default="."
        Where the run is written, below ``wandb/``; ``wandb sync`` sends it later.
    mode : {"offline", "online"}, default="offline"
    """

    def __init__(
        self,
        project: str = "isthmus",
        *,
        run_name: str | None = None,
        folder: str | PathLike[str] = ".",
        mode: str = "offline",
    ) -> None:
        self._project, self._run_name = project, run_name
        self._folder, self._mode = str(folder), mode
        self._run: Any = None

    def start(self) -> None:
        """Open a run."""
        wandb = need("wandb", "wandb")
        self._run = wandb.init(
            project=self._project,
            name=self._run_name,
            dir=self._folder,
            mode=self._mode,
            reinit="create_new",
            settings=wandb.Settings(silent=True, disable_git=True, console="off"),
        )

    def write(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers at a step."""
        self._run.log(dict(values), step=step)

    def describe(self, settings: Mapping[str, str]) -> None:
        """Write settings as the run's configuration."""
        self._run.config.update(dict(settings))

    def finish(self, failed: bool) -> None:
        """Close the run."""
        self._run.finish(exit_code=int(failed))
