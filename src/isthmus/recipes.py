"""Recipes: the autoencoders of the field, each a choice of members for the slots.

A recipe is called with the size of the code, its own settings and any of the estimator's, and
returns an unfitted `isthmus.Autoencoder`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from isthmus.bounds import ELBO
from isthmus.corruption import AbstractCorruption, Gaussian
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import Deterministic
from isthmus.networks import Convolutional
from isthmus.penalties import L1, Contraction

Slots = dict[str, Any]
"""Settings of the estimator by name."""


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

    make: Callable[..., Autoencoder]
    paper: str
    sentence: str
    good_for: str


def vae(latent_dim: int = 2, *, beta: float = 1.0, **settings: Any) -> Autoencoder:
    """Return a variational autoencoder.

    Examples
    --------
    >>> vae(latent_dim=4).latent
    'gaussian'
    """
    slots: Slots = {"latent": "gaussian", "bound": ELBO(beta=beta)}
    return Autoencoder(latent_dim, **slots | settings)


def beta_vae(latent_dim: int = 10, *, beta: float = 4.0, **settings: Any) -> Autoencoder:
    """Return a variational autoencoder whose divergence weighs more than one.

    Examples
    --------
    >>> beta_vae().bound
    ELBO(beta=4.0, warmup=0.0, draws=1)
    """
    return vae(latent_dim, beta=beta, **settings)


def denoising(
    latent_dim: int = 32, *, corruption: str | AbstractCorruption | None = None, **settings: Any
) -> Autoencoder:
    """Return a denoising autoencoder; without a corruption named, normal noise of scale 0.2.

    Examples
    --------
    >>> denoising().corruption
    Gaussian(scale=0.2)
    """
    corruption = Gaussian(0.2) if corruption is None else corruption
    slots: Slots = {"corruption": corruption}
    return Autoencoder(latent_dim, **slots | settings)


def sparse(latent_dim: int = 64, *, weight: float = 0.01, **settings: Any) -> Autoencoder:
    """Return a sparse autoencoder: rectified codes under an L1 penalty.

    Examples
    --------
    >>> sparse(weight=0.1).penalties
    L1(weight=0.1)
    """
    slots: Slots = {"latent": Deterministic("relu"), "penalties": L1(weight)}
    return Autoencoder(latent_dim, **slots | settings)


def contractive(latent_dim: int = 32, *, weight: float = 0.1, **settings: Any) -> Autoencoder:
    """Return a contractive autoencoder.

    Examples
    --------
    >>> contractive().penalties
    Contraction(weight=0.1)
    """
    slots: Slots = {"penalties": Contraction(weight)}
    return Autoencoder(latent_dim, **slots | settings)


def tied(latent_dim: int = 32, **settings: Any) -> Autoencoder:
    """Return an autoencoder whose decoder is its encoder transposed.

    Examples
    --------
    >>> tied().decoder
    'tied'
    """
    slots: Slots = {"decoder": "tied"}
    return Autoencoder(latent_dim, **slots | settings)


def convolutional(
    latent_dim: int = 10, *, channels: tuple[int, ...] = (16, 32), **settings: Any
) -> Autoencoder:
    """Return a convolutional autoencoder for images.

    Examples
    --------
    >>> convolutional(channels=(8, 16)).encoder.channels
    (8, 16)
    """
    slots: Slots = {"encoder": Convolutional(channels)}
    return Autoencoder(latent_dim, **slots | settings)


RECIPES: dict[str, Recipe] = {
    "vae": Recipe(
        vae,
        "Kingma and Welling, ICLR 2014",
        "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO",
        "generating, a smooth code",
    ),
    "beta_vae": Recipe(
        beta_vae,
        "Higgins et al., ICLR 2017",
        "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO with beta 4",
        "codes whose axes mean something",
    ),
    "denoising": Recipe(
        denoising,
        "Vincent et al., JMLR 2010",
        "normal noise - dense - deterministic - mirror - Gaussian",
        "cleaning, robust features",
    ),
    "sparse": Recipe(
        sparse,
        "Ng, CS294A lecture notes, 2011 (there with a KL penalty)",
        "dense - deterministic with relu - mirror - Gaussian, L1 on the code",
        "features that are mostly off",
    ),
    "contractive": Recipe(
        contractive,
        "Rifai et al., ICML 2011",
        "dense - deterministic - mirror - Gaussian, contraction",
        "codes that ignore small changes",
    ),
    "tied": Recipe(
        tied,
        "Vincent et al., JMLR 2010, section 3.2",
        "dense - deterministic - the encoder transposed - Gaussian",
        "half the weights",
    ),
    "convolutional": Recipe(
        convolutional,
        "Masci et al., ICANN 2011",
        "convolutional - deterministic - mirror - Gaussian",
        "images",
    ),
}
"""The recipes by name."""
