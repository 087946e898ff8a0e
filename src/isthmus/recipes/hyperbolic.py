"""Variational autoencoders with a hyperbolic code."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import PoincareBall
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Mathieu et al., NeurIPS 2019",
    "dense - wrapped normal in the Poincaré ball - mirror - Bernoulli or Gaussian - ELBO",
    "hierarchies, trees",
)
def poincare_vae(latent_dim: int = 5, *, curvature: float = 1.0, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose code lies in a ball of negative curvature.

    Size and curvature are among those that the paper compares.

    Examples
    --------
    >>> poincare_vae(2, curvature=0.5).latent
    PoincareBall(curvature=0.5)
    """
    slots: Slots = {"latent": PoincareBall(curvature)}
    return filled(latent_dim, slots | settings)
