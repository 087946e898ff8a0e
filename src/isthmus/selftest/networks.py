"""Identities of networks, flows and gradients."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy.signal import correlate

from isthmus import recipes
from isthmus.latents import VectorQuantised
from isthmus.latents.flows import FLOWS
from isthmus.model import objective, partition
from isthmus.networks.convolution import convolve, convolve_transposed
from isthmus.records import Context


def _normals(*shape: int, seed: int = 0) -> Array:
    return jax.random.normal(jax.random.key(seed), shape)


def convolution_and_adjoint() -> float:
    """Return the largest error of a convolution and of <A x, y> = <x, A^T y>, relative."""
    x, kernel = _normals(1, 7, 6, 2), _normals(3, 3, 2, 4, seed=1)
    found = np.asarray(convolve(x, kernel, 1))
    image, weights = np.asarray(x[0], np.float64), np.asarray(kernel, np.float64)
    exact = np.stack(
        [
            sum(correlate(image[..., c], weights[..., c, o], "same") for c in range(2))
            for o in range(4)
        ],
        axis=-1,
    )
    error = np.abs(found[0] - exact).max() / np.abs(exact).max()
    y = _normals(1, 4, 3, 4, seed=2)
    there = jnp.vdot(convolve(x, kernel, 2), y)
    back = jnp.vdot(x, convolve_transposed(y, kernel, 2, (7, 6, 2)))
    return float(max(error, abs(there - back) / jnp.linalg.norm(y) / jnp.linalg.norm(x)))


def flow_determinants() -> float:
    """Return the largest error of a log determinant, nats."""
    worst = 0.0
    for kind in FLOWS.values():
        flow = kind().create(3, np.random.default_rng(0))
        flow = jax.tree.map(lambda w: w + 0.3 * _normals(*w.shape, seed=4), flow)
        z, context = _normals(1, 1, 3), 0.5 * _normals(1, flow.width(3), seed=1)

        def one(point: Array, flow: eqx.Module = flow, context: Array = context) -> Array:
            return flow(point[None, None], context)[0][0, 0]  # pyright: ignore[reportCallIssue]

        jacobian = np.asarray(jax.jacfwd(one)(z[0, 0]), np.float64)
        found = float(flow(z, context)[1][0, 0])
        worst = max(worst, abs(found - np.linalg.slogdet(jacobian)[1]))
    return worst


def straight_through_gradient() -> float:
    """Return how far the gradient of the sum of codewords is from one."""
    latent = VectorQuantised(size=8).create(3, np.random.default_rng(0))
    context = Context(jax.random.key(0), jnp.ones(5), jnp.asarray(0.0))
    slope = jax.grad(lambda h: latent(h, context, 1)[0].z.sum())(_normals(5, 3))
    return float(jnp.abs(slope - 1).max())


def finite_differences() -> float:
    """Return the error of a directional derivative of the loss, relative."""
    x = np.asarray(_normals(40, 6))
    estimator = recipes.vae(2, hidden=(8,), epochs=1, random_state=0).fit(x)
    parameters, rest = partition(estimator.model_)
    context = Context(jax.random.key(5), jnp.ones(40), jnp.asarray(jnp.inf))

    @jax.jit
    def loss(step: Array) -> Array:
        moved = jax.tree.map(lambda w, v: w + step * v, parameters, direction)
        return objective(eqx.combine(moved, rest), jnp.asarray(x, jnp.float32), None, context)[0]

    keys = iter(jax.random.split(jax.random.key(6), 100))
    direction = jax.tree.map(lambda w: jax.random.normal(next(keys), w.shape), parameters)
    slope = float(jax.grad(loss)(jnp.asarray(0.0)))
    width = 3e-3
    difference = float(loss(jnp.asarray(width)) - loss(jnp.asarray(-width))) / (2 * width)
    return abs(slope - difference) / max(abs(slope), 1.0)
