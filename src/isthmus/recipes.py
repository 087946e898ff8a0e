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
from isthmus.penalties import (
    L1,
    L2,
    MMD,
    Contraction,
    DecoderSmoothness,
    DecoderWeightDecay,
    Decorrelation,
    KLSparsity,
    TotalCorrelation,
)

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
    >>> beta_vae().bound.beta
    4.0
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


def kl_sparse(
    latent_dim: int = 64, *, weight: float = 3.0, target: float = 0.05, **settings: Any
) -> Autoencoder:
    """Return a sparse autoencoder: logistic codes, each on for a target share of the examples.

    Examples
    --------
    >>> kl_sparse(target=0.1).penalties.target
    0.1
    """
    slots: Slots = {"latent": Deterministic("sigmoid"), "penalties": KLSparsity(weight, target)}
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


def wae_mmd(
    latent_dim: int = 8,
    *,
    weight: float = 5.0,
    kernel: str = "inverse_multiquadric",
    **settings: Any,
) -> Autoencoder:
    """Return a Wasserstein autoencoder: the codes together are distributed as the prior.

    The weight is the paper's 10 for MNIST beside a squared error without the half.

    Examples
    --------
    >>> wae_mmd(kernel="rbf").penalties.kernel
    'rbf'
    """
    slots: Slots = {"penalties": MMD(weight, kernel)}
    return Autoencoder(latent_dim, **slots | settings)


def info_vae(
    latent_dim: int = 10, *, alpha: float = 0.0, strength: float = 10.0, **settings: Any
) -> Autoencoder:
    """Return an InfoVAE: (1 - alpha) divergence + (alpha + strength - 1) discrepancy.

    With alpha = 1 no code pays for what it tells of its example. The strength is the paper's
    lambda; its default is not from the paper.

    Examples
    --------
    >>> info_vae(alpha=0.5).bound.beta, info_vae(alpha=0.5).penalties.weight
    (0.5, 9.5)
    """
    slots: Slots = {"latent": "gaussian", "bound": ELBO(beta=1 - alpha)}
    slots["penalties"] = MMD(alpha + strength - 1)
    return Autoencoder(latent_dim, **slots | settings)


def beta_tc_vae(latent_dim: int = 10, *, beta: float = 6.0, **settings: Any) -> Autoencoder:
    """Return a variational autoencoder whose total correlation alone weighs more than one.

    Examples
    --------
    >>> beta_tc_vae(beta=4.0).penalties
    TotalCorrelation(weight=3.0)
    """
    slots: Slots = {"latent": "gaussian", "penalties": TotalCorrelation(beta - 1)}
    return Autoencoder(latent_dim, **slots | settings)


def rae_gp(
    latent_dim: int = 16, *, code: float = 2.5e-3, smoothness: float = 1e-2, **settings: Any
) -> Autoencoder:
    """Return a regularised autoencoder: small codes, a smooth decoder.

    The code's weight is that of `rae_l2`; the decoder's is not from the paper.

    Examples
    --------
    >>> [penalty.weight for penalty in rae_gp().penalties]
    [0.0025, 0.01]
    """
    slots: Slots = {"penalties": (L2(code), DecoderSmoothness(smoothness))}
    return Autoencoder(latent_dim, **slots | settings)


def rae_l2(
    latent_dim: int = 16, *, code: float = 2.5e-3, decay: float = 4e-5, **settings: Any
) -> Autoencoder:
    """Return a regularised autoencoder: small codes, small decoder weights.

    Both weights are those of the authors' program for MNIST, turned from the mean over pixels into
    nats an example.

    Examples
    --------
    >>> rae_l2().penalties
    (L2(weight=0.0025), DecoderWeightDecay(weight=4e-05))
    """
    slots: Slots = {"penalties": (L2(code), DecoderWeightDecay(decay))}
    return Autoencoder(latent_dim, **slots | settings)


def decorrelated(latent_dim: int = 32, *, weight: float = 0.1, **settings: Any) -> Autoencoder:
    """Return an autoencoder whose code dimensions do not repeat each other.

    Examples
    --------
    >>> decorrelated().penalties
    Decorrelation(weight=0.1)
    """
    slots: Slots = {"penalties": Decorrelation(weight)}
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
    "kl_sparse": Recipe(
        kl_sparse,
        "Ng, CS294A lecture notes, 2011",
        "dense - deterministic with sigmoid - mirror - Gaussian, KL sparsity",
        "features that are on for a set share of the examples",
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
    "wae_mmd": Recipe(
        wae_mmd,
        "Tolstikhin et al., ICLR 2018",
        "dense - deterministic - mirror - Gaussian, MMD to the normal prior",
        "generating without blur from noise on the code",
    ),
    "info_vae": Recipe(
        info_vae,
        "Zhao, Song and Ermon, AAAI 2019",
        "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO with beta 1 - alpha, MMD",
        "a variational code that is not ignored",
    ),
    "beta_tc_vae": Recipe(
        beta_tc_vae,
        "Chen et al., NeurIPS 2018",
        "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO, total correlation",
        "independent axes at less cost in reconstruction",
    ),
    "rae_gp": Recipe(
        rae_gp,
        "Ghosh et al., ICLR 2020",
        "dense - deterministic - mirror - Gaussian, L2 on the code, decoder smoothness",
        "a smooth code without noise",
    ),
    "rae_l2": Recipe(
        rae_l2,
        "Ghosh et al., ICLR 2020",
        "dense - deterministic - mirror - Gaussian, L2 on the code, decay of the decoder",
        "a compact code without noise",
    ),
    "decorrelated": Recipe(
        decorrelated,
        "Cogswell et al., ICLR 2016 (there for hidden layers)",
        "dense - deterministic - mirror - Gaussian, decorrelation",
        "code dimensions that do not repeat each other",
    ),
}
"""The recipes by name."""
