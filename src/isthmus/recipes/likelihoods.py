"""Variational autoencoders that differ in their likelihood."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.likelihoods import OptimalGaussian
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Rybkin, Daniilidis and Levine, ICML 2021",
    "dense - Gaussian - mirror - Gaussian of the batch's own error - ELBO",
    "a variational autoencoder without a beta to choose",
)
def sigma_vae(latent_dim: int = 10, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose noise is as wide as its error.

    Examples
    --------
    >>> type(sigma_vae().likelihood).__name__
    'OptimalGaussian'
    """
    slots: Slots = {"latent": "gaussian", "likelihood": OptimalGaussian()}
    return filled(latent_dim, slots | settings)
