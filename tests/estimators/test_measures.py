"""What an autoencoder says of its reconstructions, against the same by NumPy."""

import numpy as np
import pytest
from scipy.special import xlog1py, xlogy
from scipy.stats import bernoulli, laplace, norm

from isthmus.errors import SettingError
from isthmus.penalties import L2
from isthmus.recipes import vae


@pytest.mark.parametrize("scaling", ["range", "standard"])
def test_squared_errors_are_those_of_the_reconstructions(make, table, scaling) -> None:
    estimator = make(scaling=scaling, epochs=5).fit(table)
    reconstructed = estimator.reconstruct(table)
    squares_input = (reconstructed - table) ** 2
    squares = (estimator.scale(reconstructed) - estimator.scale(table)) ** 2
    measured = estimator.measure(table)
    assert measured["mse"] == pytest.approx(squares.mean(), rel=1e-3)
    assert measured["mse_input"] == pytest.approx(squares_input.mean(), rel=1e-3)
    np.testing.assert_allclose(measured["errors"], squares.mean(axis=1), rtol=1e-2, atol=1e-6)
    np.testing.assert_allclose(measured["column_mse"], squares.mean(axis=0), rtol=1e-2, atol=1e-6)
    assert measured["column_mse_input"].mean() == pytest.approx(measured["mse_input"])
    assert measured["errors"].mean() == pytest.approx(measured["mse"])


def outputs(estimator, x):
    """Return examples and mean reconstructions in the scaled space."""
    return estimator.scale(x), estimator.scale(estimator.reconstruct(x))


DENSITIES = {
    "gaussian": lambda x, mean: norm.logpdf(x, mean),
    "laplace": lambda x, mean: laplace.logpdf(x, mean),
    "bernoulli": lambda x, mean: xlogy(x, mean) + xlog1py(1 - x, -mean),
}


@pytest.mark.parametrize("likelihood", DENSITIES)
def test_nats_are_minus_the_log_density(make, digits, likelihood) -> None:
    estimator = make(likelihood=likelihood).fit(digits)
    x, mean = outputs(estimator, digits)
    nats = -DENSITIES[likelihood](x.astype(float), mean).sum(axis=1)
    measured = estimator.measure(digits)
    assert measured["nats"] == pytest.approx(nats.mean(), rel=1e-3)
    np.testing.assert_allclose(estimator.score_samples(digits), -nats, rtol=5e-3)
    assert estimator.score(digits) == pytest.approx(-nats.mean(), rel=1e-3)
    floor = -DENSITIES[likelihood](x.astype(float), x.astype(float)).sum(axis=1).mean()
    assert measured["floor_nats"] == pytest.approx(floor, rel=1e-3)
    assert measured["floor_nats"] < measured["nats"]


def test_bits_are_scored_as_bits(make, digits) -> None:
    bits = (digits > 8).astype(float)
    estimator = make().fit(bits)
    mean = estimator.reconstruct(bits)
    expected = bernoulli.logpmf(bits, mean).sum(axis=1)
    np.testing.assert_allclose(estimator.score_samples(bits), expected, rtol=5e-3)
    assert estimator.measure(bits)["floor_nats"] == pytest.approx(0)


def test_the_score_of_a_variational_one_counts_the_divergence(digits) -> None:
    estimator = vae(2, hidden=(8,), epochs=2, batch_size=32, random_state=0).fit(digits)
    measured = estimator.measure(digits)
    assert -estimator.score(digits) == pytest.approx(measured["nats"] + measured["kl"], rel=1e-5)
    assert measured["kl_per_dimension"].shape == (2,)
    assert measured["kl_per_dimension"].sum() == pytest.approx(measured["kl"], rel=1e-5)
    assert measured["negative_elbo"] > measured["kl"]
    assert measured["elbo"] == -measured["negative_elbo"]


def test_outliers_score_below_all_others(make, digits) -> None:
    rng = np.random.default_rng(0)
    strange = rng.permuted(digits[:20], axis=1)  # the same values, elsewhere
    estimator = make(latent_dim=8, epochs=10).fit(digits)
    usual = np.quantile(estimator.score_samples(digits), 0.05)
    assert (estimator.score_samples(strange) < usual).mean() > 0.9


def test_an_example_is_measured_alike_in_any_company(fitted, digits) -> None:
    assert np.array_equal(fitted.score_samples(digits)[:3], fitted.score_samples(digits[:3]))
    assert np.array_equal(fitted.transform(digits)[7:9], fitted.transform(digits[7:9]))


def test_many_blocks_at_once_are_one_block_to_the_bit(
    fitted, digits, tmp_path, monkeypatch, compilations
) -> None:
    rng = np.random.default_rng(0)
    digits = digits[rng.integers(len(digits), size=9 * 256)]  # more blocks than are kept room for
    monkeypatch.setattr("isthmus.estimators.inference.programs_at_once", lambda: 2)
    together = fitted.transform(digits)
    monkeypatch.setattr("isthmus.estimators.inference.BLOCK_BYTES", 1)  # blocks of 256 examples
    fitted.transform(digits[:1])
    before = len(compilations)
    np.save(tmp_path / "x.npy", digits)
    for x in (digits, np.load(tmp_path / "x.npy", mmap_mode="r"), np.asfortranarray(digits)):
        assert np.array_equal(fitted.transform(x), together)
        assert np.array_equal(fitted.transform(x[:300]), together[:300])
    assert len(compilations) == before


def test_eight_bit_and_wide_examples_give_the_same_codes(fitted, digits) -> None:
    narrow = fitted.transform(digits.astype(np.uint8))
    assert np.array_equal(narrow, fitted.transform(digits).astype(np.float32))


@pytest.mark.parametrize("verb", ["reconstruct", "measure", "score_samples"])
def test_without_a_decoder_nothing_is_reconstructed(make, digits, labels, verb) -> None:
    from isthmus import AutoencoderClassifier

    estimator = make(AutoencoderClassifier, decoder=None, epochs=0).fit(digits, labels)
    with pytest.raises(SettingError, match=r"no decoder \(decoder=None\)"):
        getattr(estimator, verb)(digits)


def test_models_of_equal_networks_share_a_program(make, digits, compilations) -> None:
    plain = make(latent_dim=3).fit(digits)
    other = make(latent_dim=3, corruption="gaussian", penalties=L2(0.1)).fit(digits)
    plain.reconstruct(digits)
    before = len(compilations)
    other.reconstruct(digits)
    assert len(compilations) == before > 0
