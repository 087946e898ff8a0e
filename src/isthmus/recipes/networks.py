"""Plain codes, with a choice of networks."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.networks import Convolutional
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Vincent et al., JMLR 2010, section 3.2",
    "dense - deterministic - the encoder transposed - Gaussian",
    "half the weights",
)
def tied(latent_dim: int = 32, **settings: object) -> Autoencoder:
    """Return an autoencoder whose decoder is its encoder transposed.

    Examples
    --------
    >>> tied().decoder
    'tied'
    """
    slots: Slots = {"decoder": "tied"}
    return filled(latent_dim, slots | settings)


@recipe(
    "Masci et al., ICANN 2011",
    "convolutional - deterministic - mirror - Gaussian",
    "images",
)
def convolutional(
    latent_dim: int = 10, *, channels: tuple[int, ...] = (16, 32), **settings: object
) -> Autoencoder:
    """Return a convolutional autoencoder for images.

    Examples
    --------
    >>> convolutional(channels=(8, 16)).encoder.channels
    (8, 16)
    """
    slots: Slots = {"encoder": Convolutional(channels)}
    return filled(latent_dim, slots | settings)
