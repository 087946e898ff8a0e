"""Autoencoders conditioned on the label of each example."""

from isthmus.estimators.conditional import ConditionalAutoencoder
from isthmus.recipes.recipe import recipe
from isthmus.recipes.variational import vae


@recipe(
    "Sohn, Lee and Yan, NIPS 2015; Kingma et al., NIPS 2014 (M2)",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO, both networks given the label",
    "generating by label, a code of what the label leaves open",
)
def conditional_vae(
    latent_dim: int = 10, *, beta: float = 1.0, **settings: object
) -> ConditionalAutoencoder:
    """Return a conditional variational autoencoder: ``fit(X, y)``, ``sample([3] * 16)``.

    Any other autoencoder is conditioned by ``ConditionalAutoencoder(recipe())``.

    Examples
    --------
    >>> conditional_vae(4).autoencoder.latent_dim
    4
    """
    return ConditionalAutoencoder(vae(latent_dim, beta=beta, **settings))
