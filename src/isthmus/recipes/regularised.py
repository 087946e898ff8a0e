"""Plain codes held in shape by a corruption or a penalty."""

from isthmus.corruption import AbstractCorruption, Gaussian
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.penalties import (
    L2,
    MMD,
    Contraction,
    DecoderIsometry,
    DecoderSmoothness,
    DecoderWeightDecay,
    Decorrelation,
)
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Vincent et al., JMLR 2010",
    "normal noise - dense - deterministic - mirror - Gaussian",
    "cleaning, robust features",
)
def denoising(
    latent_dim: int = 32, *, corruption: str | AbstractCorruption | None = None, **settings: object
) -> Autoencoder:
    """Return a denoising autoencoder; without a corruption named, normal noise of scale 0.2.

    Examples
    --------
    >>> denoising().corruption
    Gaussian(scale=0.2)
    """
    corruption = Gaussian(0.2) if corruption is None else corruption
    slots: Slots = {"corruption": corruption}
    return filled(latent_dim, slots | settings)


@recipe(
    "Rifai et al., ICML 2011",
    "dense - deterministic - mirror - Gaussian, contraction",
    "codes that ignore small changes",
)
def contractive(latent_dim: int = 32, *, weight: float = 0.1, **settings: object) -> Autoencoder:
    """Return a contractive autoencoder.

    Examples
    --------
    >>> contractive().penalties
    Contraction(weight=0.1)
    """
    slots: Slots = {"penalties": Contraction(weight)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Tolstikhin et al., ICLR 2018",
    "dense - deterministic - mirror - Gaussian, MMD to the normal prior",
    "generating without blur from noise on the code",
)
def wae_mmd(
    latent_dim: int = 8,
    *,
    weight: float = 5.0,
    kernel: str = "inverse_multiquadric",
    **settings: object,
) -> Autoencoder:
    """Return a Wasserstein autoencoder: the codes together are distributed as the prior.

    The weight is the paper's 10 for MNIST, where the squared error has no factor one half.

    Examples
    --------
    >>> wae_mmd(kernel="rbf").penalties.kernel
    'rbf'
    """
    slots: Slots = {"penalties": MMD(weight, kernel)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Ghosh et al., ICLR 2020",
    "dense - deterministic - mirror - Gaussian, L2 on the code, decoder smoothness",
    "a smooth code without noise",
)
def rae_gp(
    latent_dim: int = 16, *, code: float = 2.5e-3, smoothness: float = 1e-2, **settings: object
) -> Autoencoder:
    """Return a regularised autoencoder: small codes, a smooth decoder.

    The code's weight is that of `rae_l2`; the decoder's is not from the paper.

    Examples
    --------
    >>> [penalty.weight for penalty in rae_gp().penalties]
    [0.0025, 0.01]
    """
    slots: Slots = {"penalties": (L2(code), DecoderSmoothness(smoothness))}
    return filled(latent_dim, slots | settings)


@recipe(
    "Ghosh et al., ICLR 2020",
    "dense - deterministic - mirror - Gaussian, L2 on the code, decay of the decoder",
    "a compact code without noise",
)
def rae_l2(
    latent_dim: int = 16, *, code: float = 2.5e-3, decay: float = 4e-5, **settings: object
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
    return filled(latent_dim, slots | settings)


@recipe(
    "Cogswell et al., ICLR 2016 (there for hidden layers)",
    "dense - deterministic - mirror - Gaussian, decorrelation",
    "code dimensions that do not repeat each other",
)
def decorrelated(latent_dim: int = 32, *, weight: float = 0.1, **settings: object) -> Autoencoder:
    """Return an autoencoder whose code dimensions do not repeat each other.

    Examples
    --------
    >>> decorrelated().penalties
    Decorrelation(weight=0.1)
    """
    slots: Slots = {"penalties": Decorrelation(weight)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Gropp, Atzmon and Lipman, 2020",
    "dense - deterministic - mirror - Gaussian, isometry of the decoder",
    "codes whose distances are those of the examples",
)
def isometric(latent_dim: int = 16, *, weight: float = 1.0, **settings: object) -> Autoencoder:
    """Return an isometric autoencoder: a step in the code is as long as the one it decodes to.

    The weight is not from the paper, nor is there its term for the encoder.

    Examples
    --------
    >>> isometric().penalties
    DecoderIsometry(weight=1.0)
    """
    slots: Slots = {"penalties": DecoderIsometry(weight)}
    return filled(latent_dim, slots | settings)
