"""Nested dropout: where codes are cut off, the expected loss, and PCA's directions in order."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isthmus
from isthmus.errors import SettingError
from isthmus.evaluation.pca import fit_pca
from isthmus.latents import NestedDropout
from isthmus.model import objective
from isthmus.networks import Dense

SHARES = 0.6 ** np.arange(1, 5) / (0.6 ** np.arange(1, 5)).sum()


def test_codes_are_cut_off_where_the_distribution_says(make_context, normals):
    h, draws = normals(3, 4), 20_000
    z = np.asarray(NestedDropout(0.6)(h, make_context(3), draws)[0].z)
    length = (z != 0).sum(-1)  # (K, B)
    kept = np.arange(4) < length[..., None]
    np.testing.assert_array_equal(z, np.where(kept, h, 0))  # a prefix, and nothing is scaled
    for row in range(3):
        shares = np.bincount(length[:, row], minlength=5)[1:] / draws
        assert (np.abs(shares - SHARES) < 4 * np.sqrt(SHARES / draws)).all()
    together = np.corrcoef(length.T)
    assert np.abs(together - np.eye(3)).max() < 4 / np.sqrt(draws)  # rows share nothing


def test_ratio_one_makes_all_places_alike():
    np.testing.assert_allclose(np.exp(NestedDropout(1.0).log_probabilities(5)), 0.2, rtol=1e-5)


def test_after_training_the_code_is_whole(make_context, normals):
    h = normals(3, 4)
    draw, _ = NestedDropout(0.5)(h, make_context(3, training=False), 2)
    np.testing.assert_array_equal(draw.z, np.broadcast_to(h, (2, 3, 4)))
    np.testing.assert_array_equal(NestedDropout(0.5).code(h), h)


def linear_pca(make_model, x, turn=None):
    """Return the linear autoencoder that is PCA, its code turned by a matrix."""
    anchor = fit_pca(np.asarray(x), 4)
    components = jnp.asarray(anchor.components, jnp.float32)
    components = components if turn is None else turn @ components
    model = make_model(latent_dim=4, latent=NestedDropout(0.6), network=Dense(hidden=()))
    return eqx.tree_at(
        lambda m: [getattr(n.affines[0], f) for n in (m.encoder, m.decoder)
                   for f in ("weight", "bias")],
        model,
        [components.T, -anchor.mean @ components.T, components, jnp.asarray(anchor.mean)],
    )  # fmt: skip


def expected_loss(decode, z, x):
    """Return the sum over b of p(b) times the mean cost of the codes' first b entries."""
    costs = [((x - decode(z * (jnp.arange(4) < b))) ** 2).sum(-1).mean() / 2 for b in range(1, 5)]
    return sum(share * cost for share, cost in zip(SHARES, costs, strict=True))


def test_the_loss_is_on_average_that_of_all_prefixes(make_model, make_context, normals):
    x = normals(5, 6) * jnp.arange(6, 0, -1)
    model = linear_pca(make_model, x)

    @jax.jit
    def loss(key):
        context = make_context(5).with_key(key)
        return objective(model, x, None, context)[0]

    losses = jax.lax.map(loss, jax.random.split(jax.random.key(0), 4000))
    found = np.asarray(losses, float) - 3 * np.log(2 * np.pi)
    expected = float(expected_loss(model.decode, model.code(x), x))
    assert abs(found.mean() - expected) < 4 * found.std() / np.sqrt(len(found))


def test_its_expectation_is_least_at_pca_in_order(make_model, normals):
    """At PCA no weight has a slope; a turned code, which PCA's error does not see, has one."""
    x = normals(40, 6) * jnp.arange(6, 0, -1)
    turn = jnp.asarray(np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0])

    def slope(model, whole):
        def loss(networks):
            encoder, decoder = networks
            z = encoder(x, None)[0]
            if whole:
                return ((x - decoder(z, None)[0]) ** 2).sum(-1).mean() / 2
            return expected_loss(lambda z: decoder(z, None)[0], z, x)

        slopes = jax.grad(loss)((model.encoder, model.decoder))
        return max(float(jnp.abs(leaf).max()) for leaf in jax.tree.leaves(slopes))

    in_order, turned = linear_pca(make_model, x), linear_pca(make_model, x, turn)
    assert slope(in_order, whole=True) < 1e-3
    assert slope(turned, whole=True) < 1e-3
    assert slope(in_order, whole=False) < 1e-3
    assert slope(turned, whole=False) > 0.3


def test_a_linear_autoencoder_finds_the_principal_directions_in_order():
    rng = np.random.default_rng(0)
    mix = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    X = (rng.standard_normal((256, 8)) * 0.75 ** np.arange(8)) @ mix.T
    fitted = isthmus.Autoencoder(
        3, latent=NestedDropout(1.0), hidden=(), start="random", scaling="none", epochs=250,
        batch_size=32, learning_rate=1e-2, schedule="cosine",
        validation_fraction=0.0, penalties=None, random_state=0,
    ).fit(X)  # fmt: skip
    directions = fit_pca(X, 3).components
    decoder = np.asarray(fitted.model_.decoder.affines[0].weight, float)  # (d, D)
    for b in range(1, 4):
        ours, theirs = np.linalg.qr(decoder[:b].T)[0], np.linalg.qr(directions[:b].T)[0]
        cosines = np.linalg.svd(ours.T @ theirs, compute_uv=False)  # of principal angles
        assert cosines.min() > 0.99
        codes = fitted.transform(X)
        codes[:, b:] = 0
        error = ((X - fitted.inverse_transform(codes)) ** 2).mean()
        mean = X.mean(0)
        least = ((X - mean - (X - mean) @ directions[:b].T @ directions[:b]) ** 2).mean()
        assert error < 1.03 * least


def test_impossible_ratios_are_refused():
    for ratio in (0, 1.1):
        with pytest.raises(SettingError, match="ratio is"):
            NestedDropout(ratio)
