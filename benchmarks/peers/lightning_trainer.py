"""Lightning's ``Trainer``, with a DataLoader, all its reporting switched off."""

import logging
import warnings
from collections.abc import Callable

import lightning
import numpy as np
import torch
from benchmarks.peers.torch_models import build, reconstructing
from benchmarks.workloads import Workload
from torch.utils.data import DataLoader, TensorDataset


class _Module(lightning.LightningModule):
    def __init__(self, workload: Workload, turn: Callable[..., None]):
        super().__init__()
        self.workload, self.turn, self.model = workload, turn, build(workload)

    def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
        return self.model.loss(batch[0])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.workload.learning_rate)

    def on_train_epoch_end(self) -> None:
        if (self.current_epoch + 1) % self.workload.epochs_a_turn == 0:
            self.turn(reconstructing(self.model))


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train until the turns end."""
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    lightning.seed_everything(0, verbose=False)
    loader = DataLoader(
        TensorDataset(torch.from_numpy(x)), batch_size=workload.batch_size, shuffle=True
    )
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=-1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(_Module(workload, turn), loader)
