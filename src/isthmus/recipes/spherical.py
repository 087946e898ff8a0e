"""Variational autoencoders whose code is a direction."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Davidson et al., UAI 2018",
    "dense - von Mises-Fisher - mirror - Bernoulli or Gaussian - ELBO",
    "a code without a middle: clusters, directions",
)
def vmf_vae(latent_dim: int = 6, **settings: object) -> Autoencoder:
    """Return a variational autoencoder with codes on the sphere in ``latent_dim`` dimensions.

    The paper counts the sphere's own dimensions, one fewer; its comparison starts at a few of them,
    where the sphere does better than the plane.

    Examples
    --------
    >>> vmf_vae(3).latent
    'von_mises_fisher'
    """
    slots: Slots = {"latent": "von_mises_fisher"}
    return filled(latent_dim, slots | settings)


@recipe(
    "De Cao and Aziz, 2020",
    "dense - power spherical - mirror - Bernoulli or Gaussian - ELBO",
    "directions, with draws that no rejection slows down",
)
def spherical_vae(latent_dim: int = 6, **settings: object) -> Autoencoder:
    """Return a variational autoencoder with power spherical posteriors.

    Examples
    --------
    >>> spherical_vae(3).latent
    'power_spherical'
    """
    slots: Slots = {"latent": "power_spherical"}
    return filled(latent_dim, slots | settings)
