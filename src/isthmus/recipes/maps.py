"""Codes in the plane, to look at."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.pairs import Pairs
from isthmus.penalties import Neighbours
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Damrich et al., ICLR 2023; Sainburg et al., Neural Computation 2021",
    "dense - deterministic - mirror - Gaussian, contrastive neighbours",
    "looking at data in the plane: a map with places for new examples, which decodes",
)
def map(latent_dim: int = 2, *, weight: float = 300.0, **settings: object) -> Autoencoder:
    """Return an autoencoder whose code is a map: neighbours in the data are neighbours in the code.

    The reconstruction weighs so little that it hardly moves the map; the decoder still learns all
    it can from it, since Adam's steps do not depend on the loss's scale. No examples are held out,
    because neighbours are not validated. The neighbours of images are shifted a little, so that the
    encoder learns from more images than there are.

    Parameters
    ----------
    latent_dim
        Size of the code; 2 to look at.
    weight
        Of the neighbours, against a reconstruction of weight 1.

    Examples
    --------
    >>> map().penalties.pairs.neighbours
    15
    """
    slots: Slots = {
        "penalties": Neighbours(weight, pairs=Pairs(15, augmentation="auto")),
        "hidden": (256, 256, 128),  # wider than a reconstruction needs, also for few examples
        "batch_size": 1024,
        "epochs": 100,
        "learning_rate": 3e-3,
        "patience": 0,
    }
    return filled(latent_dim, slots | settings)
