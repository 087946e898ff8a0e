"""Codes of finitely many values: codebooks, levels, categories."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import (
    Categorical,
    FiniteScalar,
    ResidualVectorQuantised,
    VectorQuantisedEMA,
)
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "van den Oord et al., NIPS 2017",
    "dense - vector-quantised by running means - mirror - Gaussian",
    "compression, discrete codes",
)
def vq_vae(
    latent_dim: int = 32, *, size: int = 512, parts: int | None = None, **settings: object
) -> Autoencoder:
    """Return a vector-quantised autoencoder: parts of the code are vectors of one codebook.

    The codebook is one of running means, as in the paper's appendix; for the paper's main form give
    ``latent=VectorQuantised(...)``. Without a number of parts the code is cut into 8, or into as
    many below that as divide its size.

    Examples
    --------
    >>> vq_vae().latent.parts, vq_vae(latent_dim=10).latent.parts
    (8, 5)
    """
    parts = greatest_divisor(latent_dim, 8) if parts is None else parts
    slots: Slots = {"latent": VectorQuantisedEMA(size=size, parts=parts)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Zeghidour et al., 2021 (SoundStream)",
    "dense - residual vector-quantised by running means - mirror - Gaussian",
    "compression at a rate of one's choice",
)
def rvq_vae(
    latent_dim: int = 16, *, stages: int = 8, size: int = 256, **settings: object
) -> Autoencoder:
    """Return a vector-quantised autoencoder whose codebooks each refine the former's result.

    Examples
    --------
    >>> rvq_vae(stages=4).latent.stages
    4
    """
    quantiser = VectorQuantisedEMA(size=size)
    slots: Slots = {"latent": ResidualVectorQuantised(stages, quantiser)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Mentzer et al., ICLR 2024",
    "dense - finite scalar - mirror - Gaussian",
    "discrete codes without a codebook",
)
def fsq_vae(
    latent_dim: int = 8, *, levels: int | tuple[int, ...] = 5, **settings: object
) -> Autoencoder:
    """Return an autoencoder whose code dimensions are each rounded to a few levels.

    Examples
    --------
    >>> fsq_vae(4, levels=(8, 5, 5, 5)).latent.levels
    (8, 5, 5, 5)
    """
    slots: Slots = {"latent": FiniteScalar(levels)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Jang, Gu and Poole, ICLR 2017",
    "dense - categorical - mirror - Bernoulli or Gaussian - ELBO",
    "generating, discrete codes",
)
def categorical_vae(
    latent_dim: int = 40,
    *,
    classes: int | None = None,
    temperature: float = 1.0,
    **settings: object,
) -> Autoencoder:
    """Return a variational autoencoder whose code is several variables of equally many classes.

    Without a number of classes it is 10, or the greatest one below that which divides the size of
    the code. The temperature stays what it is; in the paper it falls while training.

    Examples
    --------
    >>> categorical_vae().latent.classes, categorical_vae(latent_dim=16).latent.classes
    (10, 8)
    """
    classes = greatest_divisor(latent_dim, 10) if classes is None else classes
    slots: Slots = {"latent": Categorical(classes, temperature)}
    return filled(latent_dim, slots | settings)


def greatest_divisor(number: int, most: int) -> int:
    """Return the greatest divisor that is at most ``most``.

    Examples
    --------
    >>> greatest_divisor(32, 8), greatest_divisor(30, 8), greatest_divisor(3, 8)
    (8, 6, 3)
    """
    return next(n for n in range(most, 0, -1) if number % n == 0)
