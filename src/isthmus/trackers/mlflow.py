"""Fits in MLflow."""

import time
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from isthmus.trackers.abstract import AbstractTracker, need

LONGEST = 6_000
"""Most characters of a parameter that MLflow keeps."""


class MLflow(AbstractTracker):
    """Write a fit to MLflow, by default to a SQLite file in the working folder.

    Parameters
    ----------
    experiment : str, default="isthmus"
        Name of the experiment, which is created where there is none.
    run_name : str or None
        Name of the run; MLflow makes one up without.
    tracking_uri : str, default="sqlite:///mlflow.db"
        Where MLflow keeps runs; ``mlflow ui --backend-store-uri`` shows the same.

    Attributes
    ----------
    run_id : str
        Of the run, once it is open.
    """

    run_id: str

    def __init__(
        self,
        experiment: str = "isthmus",
        *,
        run_name: str | None = None,
        tracking_uri: str = "sqlite:///mlflow.db",
    ) -> None:
        self._experiment, self._run_name = experiment, run_name
        self._tracking_uri = tracking_uri
        self._client: Any = None

    def start(self) -> None:
        """Open a run."""
        self._client = need("mlflow.tracking", "mlflow").MlflowClient(self._tracking_uri)
        known = self._client.get_experiment_by_name(self._experiment)
        home = (
            self._client.create_experiment(self._experiment)
            if known is None
            else known.experiment_id
        )
        self.run_id = self._client.create_run(home, run_name=self._run_name).info.run_id

    def write(self, values: Mapping[str, float], step: int) -> None:
        """Write numbers at a step."""
        metric = need("mlflow.entities", "mlflow").Metric
        now = int(1000 * time.time())
        metrics = [metric(name, value, now, step) for name, value in values.items()]
        self._client.log_batch(self.run_id, metrics=metrics)

    def describe(self, settings: Mapping[str, str]) -> None:
        """Write settings as the run's parameters."""
        param = need("mlflow.entities", "mlflow").Param
        params = [param(name, value[:LONGEST]) for name, value in settings.items()]
        self._client.log_batch(self.run_id, params=params)

    def log_folder(self, folder: str | PathLike[str]) -> None:
        """Keep the files of a folder, such as that of a run, with the run."""
        self._client.log_artifacts(self.run_id, str(Path(folder)))

    def finish(self, failed: bool) -> None:
        """Close the run."""
        self._client.set_terminated(self.run_id, "FAILED" if failed else "FINISHED")
