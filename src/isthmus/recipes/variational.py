"""Variational autoencoders: a posterior, a prior, and a bound on the likelihood."""

from isthmus.bounds import (
    ELBO,
    Capacity,
    CombinationImportanceWeighted,
    FreeBits,
    ImportanceWeighted,
    MultiplyImportanceWeighted,
    PartiallyImportanceWeighted,
)
from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import (
    MAF,
    Gaussian,
    InverseAutoregressive,
    Mixture,
    NormalisingFlow,
    Planar,
    VampPrior,
)
from isthmus.penalties import MMD, TotalCorrelation
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Kingma and Welling, ICLR 2014",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO",
    "generating, a smooth code",
)
def vae(latent_dim: int = 2, *, beta: float = 1.0, **settings: object) -> Autoencoder:
    """Return a variational autoencoder.

    Examples
    --------
    >>> vae(latent_dim=4).latent
    'gaussian'
    """
    slots: Slots = {"latent": "gaussian", "bound": ELBO(beta=beta)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Higgins et al., ICLR 2017",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO with beta 4",
    "codes whose axes mean something",
)
def beta_vae(latent_dim: int = 10, *, beta: float = 4.0, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose divergence weighs more than one.

    Examples
    --------
    >>> beta_vae().bound.beta
    4.0
    """
    return vae(latent_dim, beta=beta, **settings)


@recipe(
    "Zhao, Song and Ermon, AAAI 2019",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO with beta 1 - alpha, MMD",
    "a variational code that is not ignored",
)
def info_vae(
    latent_dim: int = 10, *, alpha: float = 0.0, strength: float = 10.0, **settings: object
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
    return filled(latent_dim, slots | settings)


@recipe(
    "Chen et al., NeurIPS 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO, total correlation",
    "independent axes at less cost in reconstruction",
)
def beta_tc_vae(latent_dim: int = 10, *, beta: float = 6.0, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose total correlation alone weighs more than one.

    Examples
    --------
    >>> beta_tc_vae(beta=4.0).penalties
    TotalCorrelation(weight=3.0)
    """
    slots: Slots = {"latent": "gaussian", "penalties": TotalCorrelation(beta - 1)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Burda, Grosse and Salakhutdinov, ICLR 2016",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - importance-weighted bound",
    "a tighter bound, codes that use more dimensions",
)
def iwae(latent_dim: int = 50, *, draws: int = 5, **settings: object) -> Autoencoder:
    """Return an importance-weighted autoencoder: several draws, one bound.

    Examples
    --------
    >>> iwae(draws=50).bound.draws
    50
    """
    slots: Slots = {"latent": "gaussian", "bound": ImportanceWeighted(draws=draws)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Rainforth et al., ICML 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - mean of importance-weighted bounds",
    "a tight bound whose encoder still learns",
)
def miwae(
    latent_dim: int = 50, *, groups: int = 8, draws: int = 64, **settings: object
) -> Autoencoder:
    """Return an autoencoder under the mean of several importance-weighted bounds.

    Examples
    --------
    >>> miwae(groups=4).bound.groups, miwae(groups=4).bound.draws
    (4, 64)
    """
    slots: Slots = {
        "latent": "gaussian",
        "bound": MultiplyImportanceWeighted(groups=groups, draws=draws),
    }
    return filled(latent_dim, slots | settings)


@recipe(
    "Rainforth et al., ICML 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - partially importance-weighted bound",
    "the tightest bound for the decoder, the clearest gradient for the encoder",
)
def piwae(
    latent_dim: int = 50, *, groups: int = 8, draws: int = 64, **settings: object
) -> Autoencoder:
    """Return an autoencoder whose decoder learns as in `iwae`, whose encoder as in `miwae`.

    Examples
    --------
    >>> piwae(groups=4).bound.groups, piwae(groups=4).bound.draws
    (4, 64)
    """
    slots: Slots = {
        "latent": "gaussian",
        "bound": PartiallyImportanceWeighted(groups=groups, draws=draws),
    }
    return filled(latent_dim, slots | settings)


@recipe(
    "Rainforth et al., ICML 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO mixed with importance weights",
    "a bound between ELBO and IWAE",
)
def ciwae(
    latent_dim: int = 50, *, beta: float = 0.5, draws: int = 64, **settings: object
) -> Autoencoder:
    """Return an autoencoder under a mixture of the ELBO, share beta, and the bound of `iwae`.

    Examples
    --------
    >>> ciwae(beta=0.05).bound.beta
    0.05
    """
    slots: Slots = {
        "latent": "gaussian",
        "bound": CombinationImportanceWeighted(beta=beta, draws=draws),
    }
    return filled(latent_dim, slots | settings)


@recipe(
    "Kingma et al., NIPS 2016",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - ELBO with free bits",
    "dimensions that do not collapse",
)
def free_bits_vae(latent_dim: int = 10, *, floor: float = 0.25, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose dimensions each have some nats of divergence free.

    Examples
    --------
    >>> free_bits_vae(floor=0.5).bound.floor
    0.5
    """
    slots: Slots = {"latent": "gaussian", "bound": FreeBits(floor=floor)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Burgess et al., 2018",
    "dense - Gaussian - mirror - Bernoulli or Gaussian - divergence held at a growing capacity",
    "codes whose axes mean something, at a rate of one's choice",
)
def capacity_vae(
    latent_dim: int = 10, *, capacity: float = 25.0, gamma: float = 1000.0, **settings: object
) -> Autoencoder:
    """Return a variational autoencoder whose divergence is held at a capacity in nats.

    Examples
    --------
    >>> capacity_vae(capacity=10.0).bound.capacity
    10.0
    """
    slots: Slots = {"latent": "gaussian", "bound": Capacity(capacity=capacity, gamma=gamma)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Kingma and Welling, 2019, section 2.5.1",
    "dense - full Gaussian - mirror - Bernoulli or Gaussian - ELBO",
    "posteriors whose dimensions depend on each other",
)
def full_covariance_vae(latent_dim: int = 8, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose posteriors have full covariance.

    Examples
    --------
    >>> full_covariance_vae().latent
    'full_gaussian'
    """
    slots: Slots = {"latent": "full_gaussian"}
    return filled(latent_dim, slots | settings)


@recipe(
    "Tomczak and Welling, AISTATS 2018 (there as MoG)",
    "dense - Gaussian under a learned mixture - mirror - Bernoulli or Gaussian - ELBO",
    "generating from data in groups",
)
def mixture_prior_vae(
    latent_dim: int = 40, *, components: int = 10, **settings: object
) -> Autoencoder:
    """Return a variational autoencoder whose prior is a learned mixture of normals.

    The number of components is not from the paper.

    Examples
    --------
    >>> mixture_prior_vae(components=20).latent.prior.components
    20
    """
    slots: Slots = {"latent": Gaussian(Mixture(components))}
    return filled(latent_dim, slots | settings)


@recipe(
    "Tomczak and Welling, AISTATS 2018",
    "dense - Gaussian under a mixture of posteriors - mirror - Bernoulli or Gaussian - ELBO",
    "generating, fewer dimensions that collapse",
)
def vamp_vae(latent_dim: int = 40, *, components: int = 500, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose prior is a mixture of its own posteriors.

    Examples
    --------
    >>> vamp_vae().latent.prior.components
    500
    """
    slots: Slots = {"latent": Gaussian(VampPrior(components))}
    return filled(latent_dim, slots | settings)


@recipe(
    "Chen et al., ICLR 2017; Papamakarios et al., NIPS 2017",
    "dense - Gaussian under an autoregressive flow - mirror - Bernoulli or Gaussian - ELBO",
    "generating under a prior of any shape",
)
def maf_prior_vae(latent_dim: int = 40, *, layers: int = 5, **settings: object) -> Autoencoder:
    """Return a variational autoencoder whose prior is a masked autoregressive flow.

    Examples
    --------
    >>> maf_prior_vae(layers=2).latent.prior.layers
    2
    """
    slots: Slots = {"latent": Gaussian(MAF(layers))}
    return filled(latent_dim, slots | settings)


@recipe(
    "Rezende and Mohamed, ICML 2015",
    "dense - Gaussian through planar maps - mirror - Bernoulli or Gaussian - ELBO",
    "posteriors that are no normals",
)
def planar_flow_vae(latent_dim: int = 40, *, length: int = 10, **settings: object) -> Autoencoder:
    """Return a variational autoencoder with planar flows; the paper's have 10 to 80 maps.

    Examples
    --------
    >>> planar_flow_vae(length=80).latent.flow.length
    80
    """
    slots: Slots = {"latent": NormalisingFlow(Planar(length))}
    return filled(latent_dim, slots | settings)


@recipe(
    "Kingma et al., NIPS 2016",
    "dense - Gaussian through autoregressive steps - mirror - Bernoulli or Gaussian - ELBO",
    "posteriors that are no normals, in many dimensions",
)
def iaf_vae(latent_dim: int = 32, *, steps: int = 4, **settings: object) -> Autoencoder:
    """Return a variational autoencoder with inverse autoregressive flows.

    The sizes are not from the paper.

    Examples
    --------
    >>> iaf_vae(steps=2).latent.flow.steps
    2
    """
    slots: Slots = {"latent": NormalisingFlow(InverseAutoregressive(steps))}
    return filled(latent_dim, slots | settings)
