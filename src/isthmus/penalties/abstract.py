"""What every penalty does."""

from abc import abstractmethod

from isthmus.typing import Array, Float, Pass, Spec


class AbstractPenalty(Spec):
    """What every penalty does."""

    @abstractmethod
    def __call__(self, p: Pass) -> Float[Array, " B"]:
        """Return the penalty, nats an example."""
