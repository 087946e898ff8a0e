"""All identities, the quick ones first."""

from isthmus.selftest import densities, networks, training
from isthmus.selftest.identity import Identity

IDENTITIES: tuple[Identity, ...] = (
    Identity(
        "The divergence of a normal posterior is the integral of its densities.",
        densities.gaussian_divergence,
        1e-4,
    ),
    Identity(
        "The divergences of spherical posteriors are the integrals of their densities.",
        densities.spherical_divergences,
        1e-3,
    ),
    Identity(
        "The masses of counts, Poisson and negative binomial, sum to one.",
        densities.count_masses,
        1e-4,
    ),
    Identity(
        "The negative binomial of dispersion 1e7 is Poisson's distribution.",
        densities.poisson_limit,
        1e-3,
    ),
    Identity(
        "Densities of real numbers, normal, Laplace and continuous Bernoulli, integrate to one.",
        densities.real_densities,
        1e-3,
    ),
    Identity(
        "Bounds are ordered: ELBO below importance-weighted, and that below the log likelihood.",
        densities.ordered_bounds,
        0.0,
    ),
    Identity(
        "With the exact posterior the ELBO is the log likelihood.", densities.tight_bound, 1e-3
    ),
    Identity(
        "Draws of a posterior and of the prior have their means and variances, to five standard "
        "errors.",
        densities.moments_of_draws,
        5.0,
    ),
    Identity(
        "The convolution is the sum of products, and its transpose is its adjoint.",
        networks.convolution_and_adjoint,
        1e-4,
    ),
    Identity(
        "Log determinants of flows are those of their Jacobians.",
        networks.flow_determinants,
        1e-4,
    ),
    Identity(
        "The gradient of a nearest codeword is passed straight through.",
        networks.straight_through_gradient,
        0.0,
    ),
    Identity(
        "Gradients of a whole variational autoencoder are those of finite differences.",
        networks.finite_differences,
        1e-2,
    ),
    Identity(
        "Adam's first step is the learning rate in the gradient's direction.",
        training.first_step_of_adam,
        1e-3,
    ),
    Identity("A linear autoencoder spans the subspace of PCA.", training.linear_autoencoder, 1e-2),
    Identity("The same seed gives the same weights, bit for bit.", training.same_seed, 0.0),
    Identity("A model that is saved and loaded gives the same codes.", training.saved, 0.0),
)
