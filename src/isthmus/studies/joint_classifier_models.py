"""The models of the study of classifiers and autoencoders on letters."""

from typing import TYPE_CHECKING, Any

import numpy as np

import isthmus
from isthmus.plainjson import JsonObject

if TYPE_CHECKING:
    from isthmus import Autoencoder, AutoencoderClassifier


def training(epochs: int, batch_size: int = 128) -> JsonObject:
    """Return the settings of all experiments; the report names the batch sizes alone."""
    return {
        "likelihood": isthmus.likelihoods.Gaussian(output="sigmoid"),
        "scaling": "pixels",
        "start": "random",
        "penalties": (),
        "optimizer": "adam",
        "learning_rate": 1e-3,
        "schedule": "cosine",
        "patience": 0,
        "validation_fraction": 0,
        "epochs": epochs,
        "batch_size": batch_size,
    }


def plain_classifier(seed: int, **settings: Any) -> "AutoencoderClassifier":
    """Return 784-512-170-56-18-11 with normalisation and dropout after each hidden layer."""
    encoder = isthmus.networks.Dense(
        hidden=(512, 170, 56), activation="relu", batch_norm=True, dropout=0.2, finish_output=True
    )
    return isthmus.AutoencoderClassifier(
        latent_dim=18, encoder=encoder, decoder=None, random_state=seed, **settings
    )


def joint_autoencoder(seed: int, **settings: Any) -> "AutoencoderClassifier":
    """Return 784-512-256-128-64 and back, with a classifier 64-11 on the code."""
    encoder = isthmus.networks.Dense(hidden=(512, 256, 128), activation="relu")
    return isthmus.AutoencoderClassifier(
        latent_dim=64, classification_weight=10, encoder=encoder, random_state=seed, **settings
    )


def tied_autoencoder(seed: int, **settings: Any) -> "Autoencoder":
    """Return 784-256-128-64-32, and back with the transposed weights."""
    encoder = isthmus.networks.Dense(hidden=(256, 128, 64), activation="relu")
    return isthmus.Autoencoder(
        latent_dim=32, encoder=encoder, decoder="tied", random_state=seed, **settings
    )


def convolutional(seed: int, epochs: int) -> "AutoencoderClassifier":
    """Return convolutions parallel to a linear path, which isthmus starts from PCA by default."""
    encoder = isthmus.networks.Convolutional(hidden=(256,), batch_norm=True)
    return isthmus.AutoencoderClassifier(
        latent_dim=64,
        classification_weight=10,
        encoder=encoder,
        learning_rate=2e-3,
        batch_size=128,
        epochs=epochs,
        patience=0,
        validation_fraction=0,
        random_state=seed,
    )


def count_parameters(network: Any) -> int:
    """Return the number of weights and biases of a network."""
    import jax

    return sum(np.size(leaf) for leaf in jax.tree.leaves(network) if np.ndim(leaf))
