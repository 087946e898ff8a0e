"""Variational autoencoders of tables: missing entries, columns of several kinds."""

from isthmus.bounds import ImportanceWeighted
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import Gaussian, Mixture
from isthmus.likelihoods import Columns, LearnedGaussian, Masked
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Mattei and Frellsen, ICML 2019 (there MIWAE)",
    "dense - Gaussian - mirror - masked Gaussian of learned scales - importance-weighted bound",
    "tables with missing entries, filling them in",
)
def missing_iwae(latent_dim: int = 10, *, draws: int = 20, **settings: object) -> Autoencoder:
    """Return an importance-weighted autoencoder of what is observed: NaN is missing.

    The draws are those of the authors' program. Their decoder gives a Student's t distribution, and
    they impute by weighted draws where `Autoencoder.impute` takes the mean reconstruction.

    Examples
    --------
    >>> missing_iwae().likelihood.masked
    True
    """
    slots: Slots = {
        "latent": "gaussian",
        "likelihood": Masked(LearnedGaussian(per_feature=True)),
        "bound": ImportanceWeighted(draws=draws),
    }
    return filled(latent_dim, slots | settings)


@recipe(
    "Nazabal et al., Pattern Recognition 2020",
    "dense - Gaussian, mixture prior - mirror - masked, a likelihood a kind of column - ELBO",
    "tables of numbers, bits, categories and counts, with or without missing entries",
)
def hi_vae(latent_dim: int = 10, *, components: int = 10, **settings: object) -> Autoencoder:
    """Return a variational autoencoder of tables whose columns are of several kinds.

    The kinds are found by a look at the data; give ``likelihood=Masked(Columns(...))`` to say what
    they are. There the mixture's component is drawn by the encoder too, and counts are Poisson.

    Examples
    --------
    >>> hi_vae(components=5).latent.prior.components
    5
    """
    slots: Slots = {
        "latent": Gaussian(Mixture(components)),
        "likelihood": Masked(Columns()),
    }
    return filled(latent_dim, slots | settings)
