"""The classifier on the code, against scikit-learn's log loss."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from isthmus.bounds import ELBO
from isthmus.heads import Classifier
from isthmus.latents import Gaussian
from isthmus.model import objective, partition

LABELS = np.array([0, 2, 1, 1, 3])


@eqx.filter_jit
def gradient_of(parameters, rest, x, target, context):
    return jax.grad(lambda p: objective(eqx.combine(p, rest), x, target, context)[0])(parameters)


@pytest.fixture(scope="module")
def head():
    return Classifier.create(np.random.default_rng(0), latent_dim=2, n_classes=4, weight=0.3)


def test_the_charge_is_the_weighted_log_loss(head, make_model, make_context, normals, forward):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(LABELS), make_context(5))
    probabilities = softmax(np.asarray(head.logits(p.draw.z[0]), np.float64), axis=1)
    charge = head(p)
    assert charge.shape == (5,)
    expected = 0.3 * log_loss(LABELS, probabilities, labels=range(4))
    assert float(charge.mean()) == pytest.approx(expected, rel=1e-5)


def test_over_draws_it_is_the_mean_of_each_draws_loss(
    head, make_model, make_context, normals, forward
):
    model = make_model(latent=Gaussian(), bound=ELBO(draws=3))
    p, _ = forward(model, normals(5, 6), jnp.asarray(LABELS), make_context(5))
    losses = [
        log_loss(LABELS, softmax(np.asarray(head.logits(z), np.float64), axis=1), labels=range(4))
        for z in p.draw.z
    ]
    assert float(head(p).mean()) == pytest.approx(0.3 * np.mean(losses), rel=1e-5)


def test_logits_are_affine_in_the_code(head, normals):
    z = normals(5, 2)
    np.testing.assert_allclose(
        head.logits(z), np.asarray(z) @ head.layer.weight + head.layer.bias, rtol=1e-5, atol=1e-6
    )


def test_the_loss_teaches_the_encoder_too_and_by_its_weight(
    head, make_model, make_context, normals
):
    x, context = normals(5, 6), make_context(5)

    def gradient(weight):
        weighted = eqx.tree_at(lambda h: h.weight, head, weight)
        parameters, rest = partition(make_model(decoder=None, heads=(weighted,)))
        return gradient_of(parameters, rest, x, jnp.asarray(LABELS), context)

    once, thrice = gradient(1.0), gradient(3.0)
    for one, three in zip(jax.tree.leaves(once), jax.tree.leaves(thrice), strict=True):
        assert one.any()
        np.testing.assert_allclose(three, 3 * one, rtol=1e-4, atol=1e-6)


def test_far_logits_stay_finite(head, make_model, make_context, normals, forward):
    p, _ = forward(make_model(), normals(5, 6), jnp.asarray(LABELS), make_context(5))
    far = eqx.tree_at(lambda p: p.draw.z, p, p.draw.z * 1e6)
    assert np.isfinite(head(far)).all()
