"""What penalties over pairs have in common: their pairs, made for the shape of the examples."""

from abc import abstractmethod
from dataclasses import replace
from typing import Self

import numpy as np

from isthmus.errors import SettingError
from isthmus.pairs import Pairs
from isthmus.penalties.abstract import AbstractPenalty


class AbstractPairedPenalty(AbstractPenalty):
    """A penalty that compares each example with a second view."""

    @property
    @abstractmethod
    def paired(self) -> Pairs:
        """The pairs: the field ``pairs`` of a member."""

    def create(
        self,
        features: int,
        latent_dim: int,
        rng: np.random.Generator,
        image_shape: tuple[int, int, int] | None = None,
    ) -> Self:
        """Return this penalty with its pairs made for examples of that shape."""
        return replace(self, pairs=self.paired.create(image_shape))


def check_pairs(owner: str, pairs: object) -> None:
    """Raise `SettingError` unless ``pairs`` are `isthmus.pairs.Pairs`."""
    if not isinstance(pairs, Pairs):
        raise SettingError(f"{owner}: pairs is {pairs!r}; it must be isthmus.pairs.Pairs(...).")
