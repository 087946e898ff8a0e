"""What every latent does."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from isthmus.data.source import Examples
from isthmus.records import Context, Draw
from isthmus.specifications import Spec

Encode = Callable[[Array], Array]
"""From scaled examples (B, D) to the encoder's output (B, width), as after training."""


class AbstractLatent(Spec):
    """What every latent does."""

    stochastic: ClassVar[bool]
    """Whether a code is drawn, which decides what ``"auto"`` means for likelihood and start."""

    @property
    def free(self) -> bool:
        """Whether the code is what the encoder puts out, as it is: neither drawn nor bounded."""
        return False

    @abstractmethod
    def create(self, latent_dim: int, rng: np.random.Generator) -> "AbstractLatent":
        """Return this latent with its parameters drawn; itself where it has none."""

    def started(self, examples: Examples, rng: np.random.Generator) -> "AbstractLatent":
        """Return this latent with what starts from scaled training examples (n, D).

        That is itself, but for one that holds something of the examples' own size. Examples are
        scaled where they are indexed; `numpy.asarray` gives them all.
        """
        return self

    def attach(self, encode: Encode) -> "AbstractLatent":
        """Return this latent bound to the encoder for one pass.

        That is itself, but for one whose prior needs the encoder. One that is bound has no
        statistics to move: called, it returns itself, and the model keeps the one that is free.
        """
        return self

    @abstractmethod
    def width(self, latent_dim: int) -> int:
        """Return how many outputs the encoder needs for a code of ``latent_dim``."""

    @abstractmethod
    def __call__(
        self, h: Float[Array, "B width"], context: Context, draws: int
    ) -> tuple[Draw, Self]:
        """Return ``draws`` codes for every row of ``h``."""

    @abstractmethod
    def code(self, h: Float[Array, "B width"]) -> Float[Array, "B d"]:
        """Return the code that stands for an example: the posterior's mean."""

    @abstractmethod
    def sample_prior(
        self, key: PRNGKeyArray, n: int, latent_dim: int
    ) -> Float[Array, "n d"] | None:
        """Return codes from the prior, or None where there is none."""
