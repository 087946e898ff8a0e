"""What is timed: every workload, declared once, for isthmus and for its peers alike."""

import json
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

import isthmus

Weights = list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Workload:
    """One architecture on one set of examples.

    Parameters
    ----------
    name
        What the command line calls it.
    widths
        From the input to the code; the decoder mirrors them. Of a convolutional model those of the
        dense layers behind the convolutions.
    batch_size, examples
        How many in a step, and in an epoch.
    kind
        "dense", "variational" (Bernoulli cost, standard normal prior) or "convolutional" (three
        convolutions of stride 2 with 8, 16 and 32 channels, batch normalisation throughout).
    activation
        "relu" or "tanh", of the hidden layers; the output is linear, and the cost the squared
        error, unless it is variational.
    epochs_a_turn
        So many epochs are timed in one turn: more where one takes no time at all.
    learning_rate
        Of Adam, constant.
    judged_on
        "train" or "test": whose first examples the error is taken on.
    """

    name: str
    widths: tuple[int, ...]
    batch_size: int
    examples: int = 20_000
    kind: str = "dense"
    activation: str = "relu"
    epochs_a_turn: int = 1
    learning_rate: float = 1e-3
    judged_on: str = "train"

    def to_json(self) -> str:
        """Return the workload as text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the workload that `to_json` wrote."""
        fields = json.loads(text)
        return cls(**fields | {"widths": tuple(fields["widths"])})

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last one may be short."""
        return -(-self.examples // self.batch_size)

    def load(self) -> np.ndarray:
        """Return the examples, (n, D) float32 in [0, 1]."""
        return _pixels(self._source().examples[: self.examples])

    def load_judged(self) -> np.ndarray:
        """Return the examples that the error is taken on, at most 2,000 of the training part."""
        if self.judged_on == "train":
            return self.load()[:2000]
        test = self._source().test
        assert test is not None
        return _pixels(test.examples[:])

    def _source(self) -> isthmus.data.Source:
        return isthmus.open_source("letters-5x7" if self.widths[0] == 35 else "mnist")

    def layers(self) -> list[tuple[int, int]]:
        """Return (inputs, outputs) of every dense layer of encoder and mirrored decoder."""
        down = list(zip(self.widths[:-1], self.widths[1:], strict=True))
        up = [(fan_out, fan_in) for fan_in, fan_out in reversed(down)]
        if self.kind == "variational":
            down[-1] = (down[-1][0], 2 * down[-1][1])  # means and log variances
        return down + up

    def initial(self) -> Weights:
        """Draw (weight (in, out), bias (out,)) a layer, as isthmus scales them."""
        rng = np.random.default_rng(0)
        drawn = []
        for place, (fan_in, fan_out) in enumerate(self.layers()):
            linear = place in (len(self.widths) - 2, len(self.layers()) - 1)
            rectified = self.activation == "relu" and not linear
            variance = 2 / fan_in if rectified else 2 / (fan_in + fan_out)
            weight = variance**0.5 * rng.standard_normal((fan_in, fan_out))
            drawn.append((weight.astype(np.float32), np.zeros(fan_out, np.float32)))
        return drawn


def _pixels(images: np.ndarray) -> np.ndarray:
    pixels = np.asarray(images, np.float32).reshape(len(images), -1)
    return pixels / (255 if pixels.max() > 1 else 1)


SMALL = (784, 128, 64, 2)
WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("dense-32", SMALL, 32),
        Workload("dense-64", SMALL, 64),
        Workload("dense-128", SMALL, 128),
        Workload("dense-1024", SMALL, 1024),
        Workload("wide-64", (784, 512, 256, 128, 64), 64),
        Workload("shallow-8192", (784, 50, 2), 8192, 60_000),
        Workload("letters", (35, 32, 24, 16, 2), 32, 32, activation="tanh", epochs_a_turn=2048),
        Workload("vae-64", SMALL, 64, kind="variational"),
        Workload("convolutional", (512, 64, 10), 64, 5_000, kind="convolutional"),
    )
}
"""By name."""
