"""The evidence lower bound: its sum, its weight, its warm-up and its gradient."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.bounds import ELBO
from isthmus.errors import SettingError
from isthmus.latents import Gaussian
from isthmus.model import objective, partition


@eqx.filter_jit
def gradient_of(parameters, rest, x, context):
    return jax.grad(lambda p: objective(eqx.combine(p, rest), x, None, context)[0])(parameters)


@pytest.mark.parametrize(
    ("epoch", "expected"), [(0, 0.0), (2.5, 1.0), (5, 2.0), (10, 4.0), (99, 4.0), (np.inf, 4.0)]
)
def test_the_warm_up_rises_linearly_to_beta_and_stays(epoch, expected):
    weight = ELBO(beta=4.0, warmup=10).weight(jnp.asarray(epoch, jnp.float32))
    assert float(weight) == pytest.approx(expected)


def test_without_a_warm_up_beta_holds_from_the_first_step():
    assert float(ELBO(beta=3.0).weight(jnp.asarray(0.0))) == 3.0


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_bound_is_reconstruction_plus_weighted_divergence(
    beta, make_model, make_context, normals, forward
):
    model = make_model(latent=Gaussian(), bound=ELBO(beta=beta, draws=3))
    p, _ = forward(model, normals(4, 6), None, make_context(4))
    assert p.cost.shape == (3, 4)
    np.testing.assert_allclose(model.bound(p), p.cost.mean(0) + beta * p.draw.kl, rtol=1e-6)
    charged = eqx.tree_at(lambda p: p.draw.cost, p, jnp.arange(4.0))  # a codebook's, say
    np.testing.assert_allclose(model.bound(charged), model.bound(p) + jnp.arange(4.0), rtol=1e-6)


def test_the_divergence_reaches_every_weight_of_the_encoder(make_model, make_context, normals):
    x, context = normals(4, 6), make_context(4)

    def gradient(beta):
        model = make_model(latent=Gaussian(), bound=ELBO(beta=beta))
        parameters, rest = partition(model)
        return gradient_of(parameters, rest, x, context)

    plain, weighted, heavier = gradient(0.0), gradient(1.0), gradient(3.0)
    for none, one, three in zip(
        *(jax.tree.leaves(g.encoder) for g in (plain, weighted, heavier)), strict=True
    ):
        share = one - none  # what the divergence alone contributes
        assert jnp.abs(share).max() > 1e-4
        np.testing.assert_allclose(three - none, 3 * share, rtol=1e-3, atol=1e-4)
    for none, one in zip(*(jax.tree.leaves(g.decoder) for g in (plain, weighted)), strict=True):
        np.testing.assert_allclose(one, none, rtol=1e-6)


def test_during_a_warm_up_the_gradient_grows_with_the_epoch(make_model, make_context, normals):
    model = make_model(latent=Gaussian(), bound=ELBO(beta=2.0, warmup=4))
    x = normals(4, 6)

    @jax.jit
    def loss(epoch):
        return objective(model, x, None, make_context(4, epoch=epoch))[0]

    start, middle, end = loss(0.0), loss(2.0), loss(4.0)
    kl = objective(model, x, None, make_context(4))[1][0]["kl"]
    assert float(middle - start) == pytest.approx(float(kl), rel=1e-4)
    assert float(end - start) == pytest.approx(2 * float(kl), rel=1e-4)


@pytest.mark.parametrize("field", ["beta", "warmup"])
@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_impossible_weights_are_refused(field, value):
    with pytest.raises(SettingError, match=f"bound ELBO: {field} is {value}"):
        ELBO(**{field: value})
