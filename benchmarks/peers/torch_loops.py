"""Two PyTorch loops: as tutorials write it, and tuned."""

from collections.abc import Callable

import numpy as np
import torch
from benchmarks.peers.torch_models import build, reconstructing
from benchmarks.workloads import Workload
from torch.utils.data import DataLoader, TensorDataset


def train_tutorial(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train with a DataLoader and plain Adam, the loss read every step."""
    torch.manual_seed(0)
    model = build(workload)
    optimiser = torch.optim.Adam(model.parameters(), lr=workload.learning_rate)
    loader = DataLoader(
        TensorDataset(torch.from_numpy(x)), batch_size=workload.batch_size, shuffle=True
    )
    while True:
        for _ in range(workload.epochs_a_turn):
            total = 0.0
            for (batch,) in loader:
                optimiser.zero_grad()
                loss = model.loss(batch)
                loss.backward()
                optimiser.step()
                total += loss.item()
        turn(reconstructing(model))


def train_tuned(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train from tensors in memory with fused Adam; images with channels last."""
    torch.manual_seed(0)
    model = build(workload)
    if workload.kind == "convolutional":
        model = model.to(memory_format=torch.channels_last)  # pyright: ignore
    optimiser = torch.optim.Adam(model.parameters(), lr=workload.learning_rate, fused=True)
    data = torch.from_numpy(x)
    while True:
        for _ in range(workload.epochs_a_turn):
            order = torch.randperm(len(data))
            total = torch.zeros(())
            for start in range(0, len(data), workload.batch_size):
                batch = data[order[start : start + workload.batch_size]]
                optimiser.zero_grad(set_to_none=True)
                loss = model.loss(batch)
                loss.backward()
                optimiser.step()
                total += loss.detach()
        turn(reconstructing(model))
