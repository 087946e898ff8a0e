"""What a recipe is, and the table that each enters itself into."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from isthmus.annotations import Settings
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.estimators.conditional import ConditionalAutoencoder

Slots = dict[str, object]
"""Settings of the estimator by name."""

Make = TypeVar("Make", bound=Callable[..., Autoencoder | ConditionalAutoencoder])


class Recipe(NamedTuple):
    """A row of the table of recipes.

    Parameters
    ----------
    make
        Returns the estimator.
    paper
        Where it comes from.
    sentence
        The slots that it fills.
    good_for
        When to reach for it.
    """

    make: Callable[..., Autoencoder | ConditionalAutoencoder]
    paper: str
    sentence: str
    good_for: str


RECIPES: dict[str, Recipe] = {}
"""The recipes by name."""


def recipe(paper: str, sentence: str, good_for: str) -> Callable[[Make], Make]:
    """Enter the function below into the table, under its own name."""

    def enter(make: Make) -> Make:
        RECIPES[make.__name__] = Recipe(make, paper, sentence, good_for)
        return make

    return enter


def filled(latent_dim: int, settings: Settings) -> Autoencoder:
    """Return an estimator with these settings, which a type checker cannot tell apart."""
    any_settings: dict[str, Any] = dict(settings)
    return Autoencoder(latent_dim, **any_settings)
