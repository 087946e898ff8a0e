"""Recipes: the autoencoders of the field, each a choice of members for the slots.

A recipe is called with the size of the code, its own settings and any of the estimator's, and
returns an unfitted `isthmus.Autoencoder`. A new one is one function in the file of its family.
"""

from isthmus.recipes.adversarial import adversarial, factor_vae, vae_gan
from isthmus.recipes.conditional import conditional_vae
from isthmus.recipes.hyperbolic import poincare_vae
from isthmus.recipes.likelihoods import sigma_vae
from isthmus.recipes.maps import map
from isthmus.recipes.networks import convolutional, tied
from isthmus.recipes.perceptual import ms_ssim
from isthmus.recipes.quantised import categorical_vae, fsq_vae, rvq_vae, vq_vae
from isthmus.recipes.recipe import RECIPES, Recipe
from isthmus.recipes.regularised import (
    contractive,
    decorrelated,
    denoising,
    isometric,
    rae_gp,
    rae_l2,
    wae_mmd,
)
from isthmus.recipes.sparse import batch_top_k, kl_sparse, nested_dropout, sparse, top_k
from isthmus.recipes.spherical import (
    spherical_vae,
    vmf_vae,
)
from isthmus.recipes.tables import hi_vae, missing_iwae
from isthmus.recipes.variational import (
    beta_tc_vae,
    beta_vae,
    capacity_vae,
    ciwae,
    free_bits_vae,
    full_covariance_vae,
    iaf_vae,
    info_vae,
    iwae,
    maf_prior_vae,
    miwae,
    mixture_prior_vae,
    piwae,
    planar_flow_vae,
    vae,
    vamp_vae,
)

__all__ = [
    "RECIPES",
    "Recipe",
    "adversarial",
    "batch_top_k",
    "beta_tc_vae",
    "beta_vae",
    "capacity_vae",
    "categorical_vae",
    "ciwae",
    "conditional_vae",
    "contractive",
    "convolutional",
    "decorrelated",
    "denoising",
    "factor_vae",
    "free_bits_vae",
    "fsq_vae",
    "full_covariance_vae",
    "hi_vae",
    "iaf_vae",
    "info_vae",
    "isometric",
    "iwae",
    "kl_sparse",
    "maf_prior_vae",
    "map",
    "missing_iwae",
    "miwae",
    "mixture_prior_vae",
    "ms_ssim",
    "nested_dropout",
    "piwae",
    "planar_flow_vae",
    "poincare_vae",
    "rae_gp",
    "rae_l2",
    "rvq_vae",
    "sigma_vae",
    "sparse",
    "spherical_vae",
    "tied",
    "top_k",
    "vae",
    "vae_gan",
    "vamp_vae",
    "vmf_vae",
    "vq_vae",
    "wae_mmd",
]
