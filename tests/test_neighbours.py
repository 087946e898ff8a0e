"""Penalties over pairs against plain NumPy, and against the divergence that they estimate."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from isthmus import Autoencoder, AutoencoderClassifier
from isthmus.bounds import ELBO
from isthmus.corruption import Gaussian as Noise
from isthmus.corruption import Shift
from isthmus.corruption.images import _moving
from isthmus.errors import SettingError
from isthmus.latents import Gaussian
from isthmus.model import objective
from isthmus.pairs import Pairs
from isthmus.penalties import NegativeSampling, Neighbours
from isthmus.records import Context, Draw, Pass

B, D = 5, 2
RNG = np.random.default_rng(0)
A, V = RNG.normal(size=(2, B, D))
MEMBERS = (Neighbours(scale=0.7, temperature=1.3), NegativeSampling(5.0, 3.0, 0.2, 1.3, 0.7))


def passes(penalty, a=A, b=V, weights=None):
    """Return a pass whose codes (n, d), and those of its view, are given."""
    n = len(a)
    weights = jnp.ones(n) if weights is None else jnp.asarray(weights, jnp.float32)
    context = Context(jax.random.key(0), weights, jnp.asarray(0.0))

    def of(z, view=None):
        none = jnp.zeros((1, n))
        draw = Draw(jnp.asarray(z, jnp.float32)[None], none, none[0], none[0], {})
        x = jnp.zeros((n, 1))
        return Pass(x, x, None, x, draw, None, none, None, context, view)

    return of(a, None if b is None else of(b))


def kernel(a, b, penalty):
    return (1 + cdist(a, b) ** 2 / penalty.scale**2) ** (-1 / penalty.temperature)


def by_hand(penalty, a, b):
    """Return the loss of each pair, one by one."""
    losses = []
    for i in range(len(a)):
        of_pair = []
        for one, other in ((a, b), (b, a)):
            near = kernel(one[i : i + 1], other[i : i + 1], penalty)[0, 0]
            rest = np.delete(np.concatenate([other, one]), [i, i + len(a)], axis=0)
            far = kernel(one[i : i + 1], rest, penalty)[0]
            if isinstance(penalty, Neighbours):
                of_pair.append(-np.log(near / (near + far.sum())))
            else:
                c = penalty.normaliser
                apart = -np.log(c / (far + c)).mean()
                of_pair.append(-np.log(near / (near + c)) + penalty.negatives * apart)
        losses.append(penalty.weight * np.mean(of_pair))
    return np.array(losses)


@pytest.mark.parametrize("penalty", MEMBERS, ids=lambda one: type(one).__name__)
def test_the_loss_of_each_pair_by_hand(penalty):
    np.testing.assert_allclose(penalty(passes(penalty)), by_hand(penalty, A, V), rtol=1e-5)


@pytest.mark.parametrize("penalty", MEMBERS, ids=lambda one: type(one).__name__)
def test_the_gradient_is_that_of_plain_numpy(penalty):
    found = jax.grad(lambda a: penalty(passes(penalty, a)).sum())(jnp.asarray(A, jnp.float32))
    step, wanted = 1e-6, np.zeros((B, D))
    for place in np.ndindex(B, D):
        moved = np.zeros((B, D))
        moved[place] = step
        up, down = (by_hand(penalty, A + sign * moved, V).sum() for sign in (1, -1))
        wanted[place] = (up - down) / (2 * step)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


def test_the_gradient_of_contrastive_neighbours_is_attraction_less_repulsion():
    penalty = Neighbours(scale=1.0)
    found = jax.grad(lambda a: penalty(passes(penalty, a)).sum())(jnp.asarray(A, jnp.float32))
    codes = np.concatenate([A, V])
    differences = codes[:, None] - codes
    q = kernel(codes, codes, penalty) * (1 - np.eye(2 * B))
    p = np.roll(np.eye(2 * B), B, axis=1)  # each code's pair
    rows = q / q.sum(1, keepdims=True)
    pull = (p - rows) * q  # of the row's own loss, halved below for the two directions
    gradient = ((pull + pull.T)[..., None] * differences).sum(1)
    np.testing.assert_allclose(found, gradient[:B], rtol=1e-4, atol=1e-6)


def test_over_all_pairs_it_is_the_divergence_of_neighbours_up_to_their_entropy():
    n, penalty = 7, Neighbours(scale=0.5)
    z = RNG.normal(size=(n, 2))
    p = RNG.random((n, n)) * (1 - np.eye(n))
    p /= p.sum(1, keepdims=True)
    q = kernel(z, z, penalty) * (1 - np.eye(n))
    rows = q / q.sum(1, keepdims=True)
    total = 0.0
    for i, j in zip(*np.nonzero(p), strict=True):
        others = np.delete(np.arange(n), [i, j])
        rest = jnp.asarray(q[i, others], jnp.float32).sum(keepdims=True)
        near = jnp.log(jnp.asarray(q[i, [j]], jnp.float32))
        total += p[i, j] * float(penalty.loss(near, rest, jnp.asarray(n - 2.0))[0])
    seen = p > 0
    divergence = (p[seen] * np.log(p[seen] / rows[seen])).sum()
    entropy = -(p[seen] * np.log(p[seen])).sum()
    assert total == pytest.approx(divergence + entropy, rel=1e-5)


@pytest.mark.parametrize("penalty", MEMBERS, ids=lambda one: type(one).__name__)
def test_rows_that_fill_up_a_batch_are_no_negatives(penalty):
    filled = [np.concatenate([codes, codes[:1], codes[:1]]) for codes in (A, V)]
    found = penalty(passes(penalty, *filled, weights=[1] * B + [0, 0]))
    np.testing.assert_allclose(found[:B], penalty(passes(penalty)), rtol=1e-5)


@pytest.mark.parametrize("penalty", MEMBERS, ids=lambda one: type(one).__name__)
def test_codes_and_kernel_of_another_scale_cost_the_same(penalty):
    larger = replace(penalty, scale=10 * penalty.scale)
    np.testing.assert_allclose(
        larger(passes(larger, 10 * A, 10 * V)), penalty(passes(penalty)), rtol=1e-5
    )


@pytest.mark.parametrize("penalty", MEMBERS, ids=lambda one: type(one).__name__)
def test_equal_codes_have_finite_gradients(penalty):
    equal = np.zeros((B, D))
    gradient = jax.grad(lambda a: penalty(passes(penalty, a, equal)).sum())(jnp.asarray(equal))
    assert np.isfinite(gradient).all()


def test_nothing_is_charged_without_a_second_view():
    for penalty in MEMBERS:
        assert not penalty(passes(penalty, b=None)).any()


def test_the_length_of_the_kernel_is_a_tenth_of_the_spread_of_the_codes():
    codes = 3.0 * RNG.normal(size=(2000, 2))
    assert Neighbours().initialised(codes).scale == pytest.approx(0.3, rel=0.05)
    assert Neighbours(scale=2.0).initialised(codes).scale == 2.0
    assert Neighbours().initialised(np.zeros((3, 2))).scale == 1.0
    with pytest.raises(SettingError, match="scale is None"):
        Neighbours()(passes(Neighbours()))


@pytest.mark.parametrize("pairs", [Pairs(neighbours=2), Pairs(augmentation=Noise(0.5))])
def test_a_pass_holds_the_second_view(pairs, make_model, make_context, normals):
    model = make_model(penalties=(Neighbours(scale=1.0, pairs=pairs),))
    x, partner = normals(4, 6), (normals(4, 6, seed=1), None)
    given = partner if pairs.neighbours else None
    p, _ = model.forward(x, None, make_context(4), given)
    assert p.view is not None
    assert p.view.x_hat is None
    seen = partner[0] if pairs.neighbours else x
    np.testing.assert_array_equal(p.view.x, seen)
    plain = np.array_equal(p.view.corrupted, seen)
    assert plain == (pairs.augmentation is None)
    np.testing.assert_array_equal(p.corrupted, x)  # the first view stays as it is
    np.testing.assert_allclose(p.view.h, model.encoder(p.view.corrupted, None)[0], rtol=1e-5)


def test_without_a_penalty_over_pairs_there_is_no_view(make_model, make_context, normals):
    p, _ = make_model().forward(normals(4, 6), None, make_context(4), (normals(4, 6), None))
    assert p.view is None


def test_neighbours_are_not_validated_and_augmentations_are(make_model, make_context, normals):
    context = make_context(4, training=False)
    for pairs, charged in ((Pairs(neighbours=2), False), (Pairs(augmentation=Noise(0.5)), True)):
        model = make_model(penalties=(Neighbours(scale=1.0, pairs=pairs),))
        terms = objective(model, normals(4, 6), None, context)[1][0]
        assert bool(terms["neighbours"] > 0) == charged


def test_the_objective_with_draws_has_finite_gradients(make_model, make_context, normals):
    model = make_model(
        latent=Gaussian(), bound=ELBO(draws=3), corruption=Noise(0.1),
        penalties=(Neighbours(scale=1.0, pairs=Pairs(neighbours=2)),),
    )  # fmt: skip
    partner = normals(4, 6, seed=1), None
    gradient = eqx.filter_grad(
        lambda m: objective(m, normals(4, 6), None, make_context(4), partner)[0]
    )(model)
    arrays = jax.tree.leaves(eqx.filter(gradient.encoder, eqx.is_array))
    assert all(np.isfinite(one).all() for one in arrays)
    assert any(np.abs(one).max() > 0 for one in arrays)


def test_the_view_of_a_conditional_model_has_its_partners_label(make_context, normals, make_model):
    from isthmus.networks import conditioned

    model = make_model(penalties=(Neighbours(scale=1.0, pairs=Pairs(neighbours=2)),))
    rng = np.random.default_rng(0)
    model = replace(
        model,
        encoder=conditioned(model.encoder, 3, rng),
        decoder=conditioned(model.decoder, 3, rng),
    )
    labels, others = jnp.asarray([0, 1, 2, 0]), jnp.asarray([2, 2, 1, 1])
    partner = normals(4, 6, seed=1), others
    p, _ = model.forward(normals(4, 6), labels, make_context(4), partner)
    wanted = model.given(others).code(partner[0])
    np.testing.assert_allclose(p.view.draw.z[0], wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(p.view.target, others)


X = np.random.default_rng(2).normal(size=(40, 6)).astype(np.float32)
SMALL = {"epochs": 2, "batch_size": 16, "random_state": 0, "hidden": (8,)}


@pytest.mark.parametrize("penalty", ["neighbours", "negative_sampling"])
def test_a_penalty_over_pairs_trains_by_its_name_and_is_kept_in_the_file(penalty, tmp_path):
    from isthmus import load

    fitted = Autoencoder(2, penalties=penalty, **SMALL).fit(X)
    kept = load(fitted.save(tmp_path / "map.safetensors"))
    np.testing.assert_array_equal(kept.transform(X), fitted.transform(X))
    assert kept.model_.penalties[0].pairs == Pairs(neighbours=15)
    assert fitted.history_[penalty.replace("_", "")][-1] > 0


@pytest.mark.parametrize(
    "slots",
    [
        {"latent": "gaussian"},
        {"latent": "vector_quantised"},
        {"likelihood": "laplace"},
        {"decoder": "tied"},
        {"decoder": None},
        {"corruption": "masking"},
    ],
    ids=str,
)
def test_any_slot_can_be_a_map(slots):
    fitted = Autoencoder(2, penalties=Neighbours(), **SMALL | slots).fit(X)
    assert np.isfinite(fitted.transform(X)).all()


def test_a_classifier_can_be_a_map():
    fitted = AutoencoderClassifier(2, penalties=Neighbours(), **SMALL).fit(X, np.arange(40) % 2)
    assert fitted.predict(X).shape == (40,)


def test_missing_entries_are_zero_to_the_graph():
    holes = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)
    fitted = Autoencoder(2, penalties=Neighbours(), likelihood="masked", **SMALL).fit(holes)
    assert np.isfinite(fitted.transform(holes)).all()


def test_a_shift_by_whole_pixels_moves_them():
    images = np.random.default_rng(0).random((3, 6, 5, 2)).astype(np.float32)
    down = np.einsum("bih,bhwc->biwc", _moving(jnp.asarray([1.0, -2.0, 0.0]), 6), images)
    np.testing.assert_allclose(down[0, 1:], images[0, :-1], atol=1e-6)
    np.testing.assert_allclose(down[1, :-2], images[1, 2:], atol=1e-6)
    np.testing.assert_allclose(down[2], images[2], atol=1e-6)
    assert not down[0, 0].any()


def test_shifting_examples_that_are_no_images_is_refused():
    pairs = Pairs(neighbours=3, augmentation=Shift(1.0))
    with pytest.raises(SettingError, match="the examples are flat"):
        Autoencoder(2, penalties=Neighbours(pairs=pairs), **SMALL).fit(X)
