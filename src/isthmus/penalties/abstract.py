"""What every penalty does."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from jaxtyping import Array, Float

from isthmus.pairs import Pairs
from isthmus.records import Pass
from isthmus.specifications import Spec


class AbstractPenalty(Spec):
    """What every penalty does.

    Attributes
    ----------
    ignores_zeros : bool
        Whether zeros among codes and weights add nothing to the penalty, nor to its gradient (that
        of the L1 norm is not zero there). A code can then be padded with zeros.
    """

    ignores_zeros: ClassVar[bool] = False

    arranges_codes: ClassVar[bool] = False
    """Whether the penalty makes neighbours in the data neighbours in the code."""

    needs_head: ClassVar[bool] = False
    """Whether the penalty is about what a head says."""

    @property
    def paired(self) -> Pairs | None:
        """The pairs whose second view the penalty reads in ``Pass.view``; None for most."""
        return None

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the penalty, nats an example."""

    def terms(self, p: Pass) -> dict[str, Float[Array, " B"]]:
        """Return what the penalty is made of, by the names of the history: itself alone."""
        return {type(self).__name__.lower(): self(p)}

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> "AbstractPenalty":
        """Return this penalty with its parameters drawn; itself where it has none."""
        return self

    def initialised(self, codes: Float[np.ndarray, "n d"]) -> "AbstractPenalty":
        """Return this penalty with what depends on the codes before training; itself for most."""
        return self
