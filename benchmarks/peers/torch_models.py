"""The workloads' models in PyTorch, for every peer that is built on it."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from benchmarks.workloads import Workload
from torch import nn

Convolution = nn.Conv2d | nn.ConvTranspose2d
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def linear(weight: np.ndarray, bias: np.ndarray) -> nn.Linear:
    """Return a linear layer that starts from (in, out) weights."""
    layer = nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.T.copy()))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def as_isthmus_draws(layer: Convolution, *, last: bool = False) -> Convolution:
    """Return a convolution with normal weights, their variance by what an output pixel sums."""
    window = math.prod(layer.kernel_size)
    summed = window // math.prod(layer.stride) if isinstance(layer, nn.ConvTranspose2d) else window
    fan_in, fan_out = max(1, summed) * layer.in_channels, window * layer.out_channels
    variance = 2 / (fan_in + fan_out) if last else 2 / fan_in
    nn.init.normal_(layer.weight, std=math.sqrt(variance))
    nn.init.zeros_(layer.bias)
    return layer


def chain(workload: Workload, layers: Sequence[nn.Module], norm: bool = False) -> nn.Sequential:
    """Return layers with the workload's activation, and normalisation if asked, between them."""
    modules: list[nn.Module] = []
    for layer in layers[:-1]:
        after = [nn.BatchNorm1d(layer.out_features)] if norm else []  # pyright: ignore
        modules += [layer, *after, ACTIVATIONS[workload.activation]()]
    return nn.Sequential(*modules, layers[-1])


class Plain(nn.Module):
    """Encoder and decoder."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the reconstruction."""
        return self.decoder(self.encoder(x))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the mean squared error."""
        return nn.functional.mse_loss(self(x), x)


class Variational(Plain):
    """Means and log variances; Bernoulli cost plus divergence, nats an example."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the mean reconstruction at the mean code."""
        return torch.sigmoid(self.decoder(self.encoder(x).chunk(2, -1)[0]))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the negative evidence lower bound of one draw."""
        mean, log_variance = self.encoder(x).chunk(2, -1)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        cost = nn.functional.binary_cross_entropy_with_logits(
            self.decoder(z), x, reduction="none"
        ).sum(-1)
        kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(-1)
        return (cost + kl).mean()


class Images(Plain):
    """A convolutional autoencoder of flat 28 x 28 images."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the reconstruction, flat."""
        return super().forward(x.view(-1, 1, 28, 28)).reshape(len(x), -1)


def build(workload: Workload) -> Plain:
    """Return the model of a workload."""
    layers = [linear(*drawn) for drawn in workload.initial()]
    down, up = layers[: len(workload.widths) - 1], layers[len(workload.widths) - 1 :]
    if workload.kind == "convolutional":
        return _convolutional(workload, down, up)
    kind = Variational if workload.kind == "variational" else Plain
    return kind(chain(workload, down), chain(workload, up))


def _convolutional(workload: Workload, down: list[nn.Linear], up: list[nn.Linear]) -> Images:
    def block(layer: Convolution) -> list[nn.Module]:
        return [as_isthmus_draws(layer), nn.BatchNorm2d(layer.out_channels), nn.ReLU()]

    encoder = nn.Sequential(
        *block(nn.Conv2d(1, 8, 3, 2, 1)),
        *block(nn.Conv2d(8, 16, 3, 2, 1)),
        *block(nn.Conv2d(16, 32, 3, 2, 1)),
        nn.Flatten(),
        chain(workload, down, norm=True),
    )
    decoder = nn.Sequential(
        chain(workload, up, norm=True),
        nn.BatchNorm1d(512),
        nn.ReLU(),
        nn.Unflatten(1, (32, 4, 4)),
        *block(nn.ConvTranspose2d(32, 16, 3, 2, 1, 0)),
        *block(nn.ConvTranspose2d(16, 8, 3, 2, 1, 1)),
        as_isthmus_draws(nn.ConvTranspose2d(8, 1, 3, 2, 1, 1), last=True),
    )
    return Images(encoder, decoder)


def reconstructing(model: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function of arrays that reconstructs as after training."""

    def reconstruct(x: np.ndarray) -> np.ndarray:
        model.eval()
        with torch.no_grad():
            device = next(model.parameters()).device
            y = model(torch.from_numpy(x).to(device)).cpu().numpy()
        model.train()
        return y

    return reconstruct
