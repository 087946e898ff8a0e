"""Keras 3 on JAX, by ``Model.fit``."""

import os

os.environ["KERAS_BACKEND"] = "jax"

from collections.abc import Callable

import keras
import numpy as np
from benchmarks.workloads import Weights, Workload
from keras import layers, ops


class _Draw(layers.Layer):
    """Means and log variances to a draw; adds the divergence to the loss."""

    def __init__(self, pixels: int):
        super().__init__()
        self.pixels = pixels
        self.seed = keras.random.SeedGenerator(0)

    def call(self, h, training=False):
        mean, log_variance = ops.split(h, 2, axis=-1)
        if not training:
            return mean
        kl = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=-1)
        self.add_loss(ops.mean(kl) / self.pixels)  # the cost is a mean over pixels
        noise = keras.random.normal(ops.shape(mean), seed=self.seed)
        return mean + ops.exp(log_variance / 2) * noise


class _Turn(keras.callbacks.Callback):
    def __init__(self, workload: Workload, turn: Callable[..., None]):
        super().__init__()
        self.workload, self.turn = workload, turn

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.workload.epochs_a_turn == 0:
            self.turn(lambda x: self.model.predict_on_batch(x))


def train(workload: Workload, x: np.ndarray, turn: Callable[..., None]) -> None:
    """Train with the JAX backend, steps compiled."""
    keras.utils.set_random_seed(0)
    model = build(workload)
    variational = workload.kind == "variational"
    optimiser = keras.optimizers.Adam(workload.learning_rate, epsilon=1e-8)
    model.compile(optimiser, "binary_crossentropy" if variational else "mse")
    model.fit(
        x,
        x,
        batch_size=workload.batch_size,
        epochs=10**6,
        verbose=0,
        callbacks=[_Turn(workload, turn)],
    )


def build(workload: Workload) -> keras.Model:
    """Return the model of a workload."""
    drawn = workload.initial()
    down, up = drawn[: len(workload.widths) - 1], drawn[len(workload.widths) - 1 :]
    inputs = keras.Input((784 if workload.kind == "convolutional" else workload.widths[0],))
    if workload.kind == "convolutional":
        return keras.Model(inputs, _convolutional(workload, inputs, down, up))
    h = _chain(workload, inputs, down)
    if workload.kind == "variational":
        h = _Draw(workload.widths[0])(h)
    y = _chain(workload, h, up)
    if workload.kind == "variational":
        y = layers.Activation("sigmoid")(y)
    return keras.Model(inputs, y)


def _chain(workload: Workload, h, drawn: Weights, norm: bool = False):
    for place, (weight, bias) in enumerate(drawn):
        layer = layers.Dense(weight.shape[1])
        h = layer(h)
        layer.set_weights([weight, bias])
        if place < len(drawn) - 1:
            h = layers.BatchNormalization()(h) if norm else h
            h = layers.Activation(workload.activation)(h)
    return h


def _convolutional(workload: Workload, inputs, down: Weights, up: Weights):
    def finish(h):
        return layers.ReLU()(layers.BatchNormalization()(h))

    h = layers.Reshape((28, 28, 1))(inputs)
    for channels in (8, 16, 32):
        h = finish(layers.Conv2D(channels, 3, 2, padding="same")(h))
    h = _chain(workload, layers.Flatten()(h), down, norm=True)
    h = finish(_chain(workload, h, up, norm=True))
    h = layers.Reshape((4, 4, 32))(h)
    for place, channels in enumerate((16, 8)):
        h = layers.Conv2DTranspose(channels, 3, 2, padding="same")(h)
        h = finish(h[:, :7, :7] if place == 0 else h)
    return layers.Flatten()(layers.Conv2DTranspose(1, 3, 2, padding="same")(h))
