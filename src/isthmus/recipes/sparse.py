"""Codes that are mostly off, and codes whose entries are in order."""

from isthmus.estimators.autoencoder import Autoencoder
from isthmus.latents import BatchTopK, Deterministic, NestedDropout, TopK
from isthmus.penalties import L1, AuxK, KLSparsity
from isthmus.recipes.recipe import Slots, filled, recipe


@recipe(
    "Ng, CS294A lecture notes, 2011 (there with a KL penalty)",
    "dense - deterministic with relu - mirror - Gaussian, L1 on the code",
    "features that are mostly off",
)
def sparse(latent_dim: int = 64, *, weight: float = 0.01, **settings: object) -> Autoencoder:
    """Return a sparse autoencoder: rectified codes under an L1 penalty.

    Examples
    --------
    >>> sparse(weight=0.1).penalties
    L1(weight=0.1)
    """
    slots: Slots = {"latent": Deterministic("relu"), "penalties": L1(weight)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Ng, CS294A lecture notes, 2011",
    "dense - deterministic with sigmoid - mirror - Gaussian, KL sparsity",
    "features that are on for a set share of the examples",
)
def kl_sparse(
    latent_dim: int = 64, *, weight: float = 3.0, target: float = 0.05, **settings: object
) -> Autoencoder:
    """Return a sparse autoencoder: logistic codes, each on for a target share of the examples.

    Examples
    --------
    >>> kl_sparse(target=0.1).penalties.target
    0.1
    """
    slots: Slots = {"latent": Deterministic("sigmoid"), "penalties": KLSparsity(weight, target)}
    return filled(latent_dim, slots | settings)


@recipe(
    "Makhzani and Frey, ICLR 2014; Gao et al., 2024",
    "dense - the k greatest entries - mirror - Gaussian, dead units revived",
    "sparse features without a penalty to tune",
)
def top_k(latent_dim: int = 64, *, k: int | None = None, **settings: object) -> Autoencoder:
    """Return a sparse autoencoder: k units are on for every example, an eighth by default.

    Examples
    --------
    >>> top_k().latent.k, top_k(k=4).latent.k
    (8, 4)
    """
    slots: Slots = {"latent": TopK(eighth(latent_dim) if k is None else k), "penalties": AuxK()}
    return filled(latent_dim, slots | settings)


@recipe(
    "Bussmann, Leask and Nanda, 2024",
    "dense - the greatest entries of a batch - mirror - Gaussian, dead units revived",
    "sparse features, more of them where an example needs more",
)
def batch_top_k(latent_dim: int = 64, *, k: int | None = None, **settings: object) -> Autoencoder:
    """Return a sparse autoencoder: k units are on for an example on average, an eighth by default.

    Examples
    --------
    >>> batch_top_k().latent.k, batch_top_k(k=4).latent.k
    (8, 4)
    """
    latent = BatchTopK(eighth(latent_dim) if k is None else k)
    slots: Slots = {"latent": latent, "penalties": AuxK()}
    return filled(latent_dim, slots | settings)


@recipe(
    "Rippel, Gelbart and Adams, ICML 2014",
    "dense - deterministic, cut off at random - mirror - Gaussian",
    "one model for every size of the code",
)
def nested_dropout(latent_dim: int = 32, *, ratio: float = 0.9, **settings: object) -> Autoencoder:
    """Return an autoencoder whose first b code entries, the others zero, are a code of size b.

    Examples
    --------
    >>> nested_dropout().latent.ratio
    0.9
    """
    slots: Slots = {"latent": NestedDropout(ratio)}
    return filled(latent_dim, slots | settings)


def eighth(latent_dim: int) -> int:
    """Return an eighth of the size of a code, at least 1."""
    return max(1, latent_dim // 8)
