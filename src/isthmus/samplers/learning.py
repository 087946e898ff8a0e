"""Fitting a density to rows of numbers, by the engine that trains autoencoders."""

from typing import Protocol, Self, TypeVar, cast

import numpy as np
from jaxtyping import Array, Float
from sklearn.model_selection import train_test_split

from isthmus.bounds import ELBO
from isthmus.checks import check_between
from isthmus.engine import Feed, Optimiser, train
from isthmus.estimators.automatic import (
    automatic_batch_size,
    automatic_epochs,
    automatic_patience,
)
from isthmus.heads import AbstractHead
from isthmus.latents import Deterministic
from isthmus.likelihoods import Gaussian
from isthmus.model import Model
from isthmus.networks import AbstractNetwork
from isthmus.records import Context, Pass
from isthmus.scaling import Scaling

HELD_OUT = 0.1
"""Share of the rows that decide when to stop, where there are enough."""

CLIP = 1.0
"""Greatest norm of a gradient: a flow far from its data has steep ones."""


class Density(Protocol):
    """What has a log density, and is a module whose arrays are parameters."""

    def log_density(self, z: Array) -> Array:
        """Return log p (*shape), nats, of rows (*shape, d)."""
        ...


Fitted = TypeVar("Fitted", bound=Density)


class Same(AbstractNetwork):
    """The network that returns what it is given."""

    def __call__(
        self, x: Float[Array, "B fan_in"], context: Context | None
    ) -> tuple[Float[Array, "B fan_out"], Self]:
        """Return ``x``."""
        return x, self


class Unlikely(AbstractHead):
    """What a density makes of a code: its negative log, nats."""

    density: Density

    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the negative log density of the codes, the mean over the draws."""
        return -self.density.log_density(p.draw.z).mean(0)

    def read(self, z: Float[Array, "B d"]) -> Float[Array, "B outputs"]:
        """Return the codes themselves."""
        return z


def fit_density(
    density: Fitted, rows: np.ndarray, *, epochs: int | str, learning_rate: float, seed: int
) -> Fitted:
    """Return the density with its parameters fitted by maximum likelihood.

    Parameters
    ----------
    density
        Where to start.
    rows : (n, d)
        What it is a density of. From 1,000 on, a tenth of them decide when to stop, and the
        parameters are those that were best for them.
    epochs
        Maximum number of passes; ``"auto"`` makes about 20,000 steps.
    learning_rate
        Of Adam, falling by a cosine.
    seed
        Decides the order of the rows, and which form the validation set.
    """
    check_between("The sampler", "learning_rate", learning_rate, 0, np.inf, open_low=True)
    if epochs != "auto":
        check_between("The sampler", "epochs", epochs, 0, np.inf)
    rows = rows.astype(np.float32)
    size = automatic_batch_size(len(rows))
    steps = -(-len(rows) // size)
    patience, validation = automatic_patience(len(rows), steps), None
    if patience:
        parts = train_test_split(rows, test_size=HELD_OUT, random_state=seed)
        rows, held = (np.asarray(part) for part in parts)
        validation = Feed(held, None, len(held), None)
    d = rows.shape[1]
    model = Model(
        scaling=Scaling.create(np.zeros(d), np.ones(d)),
        corruption=None,
        encoder=Same(),
        latent=Deterministic(),
        decoder=None,
        likelihood=Gaussian(),
        bound=ELBO(),
        penalties=(),
        heads=(Unlikely(density),),
        latent_dim=d,
    )
    trained = train(
        model,
        Optimiser("adam", learning_rate, "cosine", CLIP),
        Feed(rows, None, min(size, len(rows)), seed),
        epochs=automatic_epochs(steps) if epochs == "auto" else int(epochs),
        seed=seed,
        validation=validation,
        patience=patience,
    )
    (head,) = trained.model.heads
    assert isinstance(head, Unlikely)
    return cast(Fitted, head.density)
