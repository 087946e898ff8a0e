"""Autoencoders with a critic, a network that plays against them."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.likelihoods import Gaussian
from isthmus.penalties import PriorCritic, ReconstructionCritic, TotalCorrelationCritic
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Makhzani et al., 2016",
    "dense - deterministic - mirror - Gaussian, a critic of codes and prior",
    "generating without noise on the code, a prior of any shape",
)
def adversarial(latent_dim: int = 8, *, weight: float = 1.0, **settings: object) -> Autoencoder:
    """Return an adversarial autoencoder: no critic can tell its codes from the normal prior's.

    The weight is not from the paper, where the two costs are not added up. Training is not stopped
    early unless `patience` is set: a game has no loss that falls.

    Examples
    --------
    >>> adversarial(weight=2.0).penalties.weight
    2.0
    """
    slots: Slots = {"penalties": PriorCritic(weight=weight), "patience": 0}
    return filled(latent_dim, slots | settings)


@recipe(
    "Kim and Mnih, ICML 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO, a critic of independence",
    "independent axes, where the batch is too small to tell",
)
def factor_vae(latent_dim: int = 10, *, gamma: float = 5.0, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose total correlation, by a critic, weighs gamma more.

    The default of gamma is that of `beta_tc_vae`. Training is not stopped early unless `patience`
    is set.

    Examples
    --------
    >>> factor_vae(gamma=35.0).penalties.weight
    35.0
    """
    slots: Slots = {
        "latent": "gaussian",
        "penalties": TotalCorrelationCritic(weight=gamma),
        "patience": 0,
    }
    return filled(latent_dim, slots | settings)


@recipe(
    "Larsen et al., ICML 2016",
    "dense - Gaussian - mirror - wide Gaussian - ELBO, a critic of reconstructions",
    "reconstructions that are sharp rather than close",
)
def vae_gan(
    latent_dim: int = 16,
    *,
    weight: float = 10.0,
    similarity: float = 10.0,
    scale: float = 3.0,
    **settings: object,
) -> Autoencoder:
    """Return a variational autoencoder whose errors are counted in a critic's hidden layer.

    The likelihood stays, with noise of a wide scale, so that pixels weigh little against the hidden
    layer; in the paper they weigh nothing. None of the numbers is from the paper. Training is not
    stopped early unless `patience` is set.

    Examples
    --------
    >>> vae_gan(scale=10.0).likelihood.scale
    10.0
    """
    slots: Slots = {
        "latent": "gaussian",
        "likelihood": Gaussian(scale),
        "penalties": ReconstructionCritic(weight=weight, similarity=similarity),
        "patience": 0,
    }
    return filled(latent_dim, slots | settings)
