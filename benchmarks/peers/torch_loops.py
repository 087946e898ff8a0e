"""PyTorch loops: as tutorials write it, tuned, and tuned with its loss compiled.

The tuned ones train on an accelerator where there is one, and in bfloat16 where
``BENCHMARK_PRECISION`` is bf16.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from benchmarks.peers.torch_models import build, reconstructing
from benchmarks.workloads import Workload
from torch.utils.data import DataLoader, TensorDataset

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


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
    _train(workload, x, turn, lambda loss: loss)


def train_compiled(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train as `train_tuned` does, the loss by ``torch.compile``."""
    _train(workload, x, turn, torch.compile)


def _train(
    workload: Workload,
    x: np.ndarray,
    turn: Callable[..., None],
    made: Callable[[Callable[..., torch.Tensor]], Callable[..., torch.Tensor]],
) -> None:
    torch.manual_seed(0)
    model = build(workload).to(DEVICE)
    if workload.kind == "convolutional":
        model = model.to(memory_format=torch.channels_last)  # pyright: ignore
    optimiser = torch.optim.Adam(model.parameters(), lr=workload.learning_rate, fused=True)
    data, loss_of = torch.from_numpy(x).to(DEVICE), made(model.loss)
    while True:
        for _ in range(workload.epochs_a_turn):
            order = torch.randperm(len(data), device=DEVICE)
            total = torch.zeros((), device=DEVICE)
            for start in range(0, len(data), workload.batch_size):
                batch = data[order[start : start + workload.batch_size]]
                optimiser.zero_grad(set_to_none=True)
                with _precision():
                    loss = loss_of(batch)
                loss.backward()
                optimiser.step()
                total += loss.detach()
        total.item()  # waits for the accelerator
        turn(reconstructing(model))


def _precision() -> AbstractContextManager[object]:
    """Return what makes products of bfloat16, where that is asked for."""
    if os.environ.get("BENCHMARK_PRECISION") == "bf16":
        return torch.autocast(DEVICE.type, torch.bfloat16)
    return nullcontext()
