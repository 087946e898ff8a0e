"""A stand-in that keeps the estimators' contract with PCA inside, so that no test trains."""

import numpy as np
import pyarrow
import pytest
from sklearn.datasets import load_digits, load_wine
from sklearn.decomposition import PCA

from isthmus.export import Carried, describe
from isthmus.export.program import Operation, Port, Program


class Scaling:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def describe(self):
        return f"pixels divided by {self.high:g}"


class StandIn:
    """PCA on a random mixture of fewer components, in the clothes of an Autoencoder."""

    target_kind = "none"
    generative_ = False
    first_layer_weights_ = None

    schema_ = None

    def of_encoded_rows(self):
        return self

    def encode_table(self, X):
        return X if self.schema_ is None else self.schema_.encode(pyarrow.Table.from_pandas(X))

    def labels_from(self, y):
        return None

    def __init__(self, latent_dim=2, corruption=None, image_shape=None, linear=None):
        self.latent_dim = latent_dim
        self.corruption = corruption
        self.image_shape = image_shape
        self.linear = linear

    def fit(self, X):
        flat = np.asarray(X, np.float32).reshape(len(X), -1)
        self.n_features_in_ = flat.shape[1]
        if hasattr(X, "columns"):
            self.feature_names_in_ = np.asarray(X.columns, object)
        self.image_shape_ = self.image_shape
        self.span_ = np.maximum(np.abs(flat).max(axis=0), 1e-6)
        self.span_[:] = self.span_.max() if self.image_shape else self.span_
        self.mixing_ = PCA(self.linear or self.latent_dim, random_state=0).fit(flat / self.span_)
        self.scaling_ = Scaling(0, float(self.span_.max()))
        self.likelihood_ = "gaussian"
        self.history_ = {
            "epoch": list(range(1, 31)),
            "train_loss": [40 / epoch + 3 for epoch in range(1, 31)],
            "validation_loss": [40 / epoch + 4 + 0.05 * epoch for epoch in range(1, 31)],
        }
        self.best_epoch_, self.n_epochs_ = 28, 30
        self.stop_reason_ = "no better for 2 epochs"
        self.n_parameters_ = self.n_trainable_parameters_ = 1234
        self.fit_seconds_ = 0.5
        self.first_layer_weights_ = self.mixing_.components_
        self.generative_ = False
        self.paired_neighbours_ = 0
        return self

    def get_params(self, deep=True):
        return {"latent_dim": self.latent_dim, "corruption": self.corruption}

    def scale(self, X):
        return np.asarray(X, np.float32).reshape(len(X), -1) / self.span_

    def unscale(self, Y):
        return np.asarray(Y, np.float32) * self.span_

    def transform(self, X, labels=None):
        return self.mixing_.transform(self.scale(X))[:, : self.latent_dim].astype(np.float32)

    def inverse_transform(self, Z, labels=None):
        Z = np.asarray(Z)
        padded = np.zeros((len(Z), self.mixing_.n_components_))
        padded[:, : Z.shape[1]] = Z
        return self.unscale(self.mixing_.inverse_transform(padded))

    def reconstruct(self, X, labels=None):
        back = self.unscale(self.mixing_.inverse_transform(self.mixing_.transform(self.scale(X))))
        return back.reshape(np.shape(X))

    def examine(self, X, y=None, X_test=None, y_test=None, names=None):
        return None, ()

    def corrupt(self, X, seed=0):
        noise = np.random.default_rng(seed).normal(0, 4, np.shape(X))
        return np.clip(np.asarray(X) + noise, 0, 16).astype(np.float32)

    def sample(self, n, random_state=None):
        return self.inverse_transform(np.random.default_rng(random_state).normal(size=(n, 2)))

    def assess(self, X, labels=None):
        scaled = self.scale(X)
        back = self.scale(self.reconstruct(np.asarray(X)))
        squares = np.square(scaled - back, dtype=np.float64)
        return {
            "code": self.transform(X),
            "scaled": scaled,
            "squares": squares,
            "squares_input": squares * self.span_**2,
            "nats": 0.5 * squares.sum(axis=1),
            "floor_nats": np.zeros(len(scaled)),
        }

    def carry(self, part, X, labels=None):
        """Both parts are affine: a matrix and an offset."""
        if part == "decoder":
            name, offset = "code", self.inverse_transform(np.zeros((1, self.latent_dim)))[0]
            matrix = self.inverse_transform(np.eye(self.latent_dim)) - offset
        else:
            name, matrix = "example", (self.mixing_.components_ / self.span_).T
            offset = -self.mixing_.mean_ @ self.mixing_.components_.T
            matrix, offset = matrix[:, : self.latent_dim], offset[: self.latent_dim]
        given = Port(name, (len(matrix),), "float")
        names = ("product", "reconstruction" if part == "decoder" else "code")
        product, output = (Port(name, offset.shape, "float") for name in names)
        arrays = {"matrix": matrix, "offset": offset}
        constants = {name: np.asarray(array, np.float32) for name, array in arrays.items()}
        operations = (
            Operation("matmul", (name, "matrix"), product, {}, part),
            Operation("add", ("product", "offset"), output, {}, part),
        )
        program = Program((given,), (output,), constants, operations)
        return Carried(describe(program), "float32", 0.0)

    def symbols(self, X):
        return None

    def save(self, path):
        path.write_bytes(b"model")


def split(X, y, cuts):
    first, second = cuts
    return {
        "train": (X[:first], y[:first]),
        "validation": (X[first:second], y[first:second]),
        "test": (X[second:], y[second:]),
    }


@pytest.fixture(scope="session")
def digits():
    loaded = load_digits()
    return split(loaded.images.astype(np.float32), loaded.target, (600, 700))


@pytest.fixture(scope="session")
def wine():
    loaded = load_wine(as_frame=True)
    frame = loaded.data.sample(frac=1, random_state=0)
    return split(frame, loaded.target[frame.index].to_numpy(), (120, 150))


@pytest.fixture(scope="session")
def better(digits):
    """Six components against PCA's two: it wins."""
    return StandIn(2, image_shape=(8, 8, 1), linear=6).fit(digits["train"][0])


@pytest.fixture
def standin():
    return StandIn
