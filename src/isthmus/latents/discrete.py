"""Codes of finitely many values, which can be written in symbols."""

from abc import abstractmethod
from typing import TypeGuard

from jaxtyping import Array, Float, Int

from isthmus.latents.abstract import AbstractLatent
from isthmus.records import Draw


class AbstractDiscrete(AbstractLatent):
    """A latent whose codes stand for T symbols, each from a finite set."""

    @property
    def relaxed(self) -> bool:
        """Whether codes lie between those that symbols stand for, and so have none themselves."""
        return False

    @abstractmethod
    def alphabet(self, count: int) -> tuple[int, ...]:
        """Return how many values each of ``count`` symbols has."""

    @abstractmethod
    def symbols(self, draw: Draw) -> Int[Array, "B T"]:
        """Return the symbols of the first codes drawn, counted from 0."""

    @abstractmethod
    def from_symbols(self, symbols: Int[Array, "n T"]) -> Float[Array, "n d"]:
        """Return the codes that symbols stand for."""


def is_discrete(latent: object) -> TypeGuard[AbstractDiscrete]:
    """Tell whether a latent's codes are of finitely many values.

    Examples
    --------
    >>> from isthmus.latents import Categorical, Deterministic, FiniteScalar
    >>> [is_discrete(one) for one in (FiniteScalar(), Categorical(), Deterministic())]
    [True, True, False]
    >>> is_discrete(Categorical(straight_through=False))
    False
    """
    return isinstance(latent, AbstractDiscrete) and not latent.relaxed
