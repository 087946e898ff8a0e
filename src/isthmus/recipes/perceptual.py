"""Autoencoders whose error is that of a looking eye."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.penalties import StructuralSimilarity
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Snell et al., ICIP 2017",
    "dense - deterministic - mirror - Gaussian, structural similarity",
    "images whose texture and contrast matter",
)
def ms_ssim(latent_dim: int = 32, *, weight: float = 100.0, **settings: object) -> Autoencoder:
    """Return an autoencoder of images that pays for structure lost, at several scales.

    There similarity is all that is paid for; here the squared error stays, at a share that the
    weight makes small. The weight is not from the paper.

    Examples
    --------
    >>> ms_ssim(weight=10.0).penalties.weight
    10.0
    """
    slots: Slots = {"penalties": StructuralSimilarity(weight)}
    return filled(latent_dim, slots | settings)
