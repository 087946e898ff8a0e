"""pythae's ``BaseTrainer`` with its AE and VAE models around the same layers."""

import tempfile
from collections.abc import Callable

import numpy as np
import torch
from benchmarks.peers.torch_models import build, reconstructing
from benchmarks.workloads import Workload
from pythae.data.datasets import BaseDataset
from pythae.models import AE, VAE, AEConfig, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import nn


class _Encoder(BaseEncoder):
    def __init__(self, layers: nn.Module, variational: bool):
        super().__init__()
        self.layers, self.variational = layers, variational

    def forward(self, x: torch.Tensor) -> ModelOutput:
        h = self.layers(x)
        if not self.variational:
            return ModelOutput(embedding=h)
        mean, log_variance = h.chunk(2, -1)
        return ModelOutput(embedding=mean, log_covariance=log_variance)


class _Decoder(BaseDecoder):
    def __init__(self, layers: nn.Module, variational: bool):
        super().__init__()
        self.layers, self.variational = layers, variational

    def forward(self, z: torch.Tensor) -> ModelOutput:
        y = self.layers(z)
        return ModelOutput(reconstruction=torch.sigmoid(y) if self.variational else y)


class _Turn(TrainingCallback):
    def __init__(self, workload: Workload, report: Callable[[], None]):
        self.workload, self.report, self.epochs = workload, report, 0

    def on_epoch_end(self, training_config: BaseTrainerConfig, **settings: object) -> None:
        self.epochs += 1
        if self.epochs % self.workload.epochs_a_turn == 0:
            self.report()


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train until the turns end."""
    variational = workload.kind == "variational"
    plain = build(workload)
    sizes = {"input_dim": x.shape[1:], "latent_dim": workload.widths[-1]}
    encoder = plain.encoder
    if workload.kind == "convolutional":
        encoder = nn.Sequential(nn.Unflatten(1, (1, 28, 28)), encoder)
    parts = (_Encoder(encoder, variational), _Decoder(plain.decoder, variational))
    if variational:
        model = VAE(VAEConfig(**sizes, reconstruction_loss="bce"), *parts)
    else:
        model = AE(AEConfig(**sizes), *parts)
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            per_device_train_batch_size=workload.batch_size,
            num_epochs=10**6,
            learning_rate=workload.learning_rate,
            keep_best_on_train=True,
        )
        report = _Turn(workload, lambda: turn(reconstructing(plain)))
        data = BaseDataset(torch.from_numpy(x), torch.zeros(len(x)))
        BaseTrainer(model, data, training_config=config, callbacks=[report]).train()
