"""What "auto" chooses, from the data to the output."""

import numpy as np
import pytest

from isthmus import latents, likelihoods
from isthmus.errors import SettingError
from isthmus.recipes import vae


def skewed(table):
    return np.column_stack([table, np.exp(2 * table[:, 0])])


CASES = {
    "8-bit": (lambda d, t: (d * 15.9).astype(np.uint8), "pixels", "Gaussian", "Bernoulli"),
    "grey": (lambda d, t: d / 16, "unit", "Gaussian", "Bernoulli"),
    "bits": (lambda d, t: (d > 8).astype(float), "binary", "Bernoulli", "Bernoulli"),
    "counts": (lambda d, t: d, "range", "Gaussian", "Bernoulli"),
    "table": (lambda d, t: t, "standard", "Gaussian", "Gaussian"),
    "skewed": (lambda d, t: skewed(t), "standard", "Gaussian", "Gaussian"),
}


@pytest.mark.parametrize("case", CASES)
def test_scaling_and_likelihood_fit_the_data_and_the_latent(make, digits, table, case) -> None:
    pick, scaling, plain, drawn = CASES[case]
    x = pick(digits, table)
    quick = {"epochs": 0, "validation_fraction": 0}
    deterministic = make(**quick).fit(x)
    variational = make(latent="gaussian", **quick).fit(x)
    assert deterministic.scaling_.kind == variational.scaling_.kind == scaling
    assert type(deterministic.likelihood_) is getattr(likelihoods, plain)
    assert type(variational.likelihood_) is getattr(likelihoods, drawn)
    back = deterministic.unscale(deterministic.scale(x))
    np.testing.assert_allclose(back, x, rtol=1e-3, atol=1e-3 * np.ptp(x, axis=0).max())


def test_the_choice_is_told_in_one_line(make, table, capsys) -> None:
    estimator = make(verbose=1, epochs=1).fit(table)
    first, second = capsys.readouterr().out.splitlines()
    assert estimator.scaling_.describe() in first
    assert first.startswith("180 examples to learn from, 20 for validation; scaling standard: ")
    assert first.endswith("1 constant only centred; likelihood Gaussian")
    assert second.startswith("epoch 1/1  train ")


def test_quiet_by_default(make, digits, capsys) -> None:
    make().fit(digits)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("scaling", ["auto", "minmax", "range"])
def test_a_constant_column_comes_back_constant(make, table, scaling) -> None:
    reconstructed = make(scaling=scaling, epochs=5).fit(table).reconstruct(table)
    varied = np.ptp(reconstructed, axis=0)
    assert (varied[:4] > 0).all()
    if scaling != "range":  # where a column of one range is like any other
        assert varied[4] == 0
    assert reconstructed[0, 4] == pytest.approx(3.7, abs=10 if scaling == "range" else 1e-6)


def test_a_start_from_pca_begins_at_its_error(make, table) -> None:
    estimator = make(epochs=0, validation_fraction=0).fit(table)
    scaled = estimator.scale(table)
    centred = scaled - scaled.mean(axis=0)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    expected = variances[2:].sum() / scaled.size
    assert estimator.measure(table)["mse"] == pytest.approx(expected, rel=1e-3)


def test_pca_is_refused_where_it_cannot_start(make, digits) -> None:
    with pytest.raises(SettingError, match="start is 'pca', which needs a deterministic code"):
        make(latent="gaussian", start="pca").fit(digits)


@pytest.mark.parametrize(
    ("settings", "height"),
    [
        ({}, 3e-3),
        ({"start": "random"}, 1e-3),
        ({"schedule": "cosine"}, 1e-3),
        ({"learning_rate": 0.01}, 0.01),
    ],
)
def test_a_step_is_longer_where_a_fit_begins_gently(make, table, settings, height) -> None:
    rates = make(epochs=20, **settings).fit(table).history_["learning_rate"]
    assert max(rates) == pytest.approx(height, rel=0.05)


def test_fits_in_parts_never_begin_gently(make, table) -> None:
    assert make().partial_fit(table).history_["learning_rate"] == pytest.approx([1e-3])


def test_a_squashed_code_starts_at_random(make, digits) -> None:
    latent = latents.Deterministic("tanh")
    estimator = make(latent=latent, epochs=0, validation_fraction=0).fit(digits)
    assert np.abs(estimator.transform(digits)).max() <= 1


def test_validation_data_take_the_place_of_a_share(make, digits) -> None:
    heard = []
    estimator = make(callbacks=[heard.append]).fit(digits[:150], validation_data=digits[150:])
    measured = estimator.measure(digits[150:])["nats"]
    assert measured == pytest.approx(heard[-1].best_loss, rel=1e-5)


def test_validation_data_of_another_width_are_refused(make, digits) -> None:
    with pytest.raises(ValueError, match="X has 5 features, but Autoencoder is expecting 64"):
        make().fit(digits, validation_data=digits[:, :5])


def test_few_examples_are_all_learned_from(make, digits) -> None:
    assert make().fit(digits[:19]).history_["validation_loss"] == [None, None]


def test_corrupt_shows_what_the_encoder_saw(make, digits) -> None:
    estimator = make(corruption="masking", epochs=0).fit(digits)
    seen = estimator.corrupt(digits, seed=3)
    assert np.array_equal(seen, estimator.corrupt(digits, seed=3))
    assert not np.array_equal(seen, estimator.corrupt(digits, seed=4))
    masked = (seen == 0) & (digits != 0)
    assert masked.sum() / (digits != 0).sum() == pytest.approx(0.25, abs=0.03)
    np.testing.assert_allclose(seen[~masked], digits[~masked], rtol=1e-5)


def test_codes_of_a_prior_are_drawn_from_it(digits) -> None:
    estimator = vae(2, hidden=(8,), epochs=0, random_state=0).fit(digits)
    codes = estimator.sample_codes(4000, random_state=0)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose(np.cov(codes.T), np.eye(2), atol=0.08)


def test_codes_without_a_prior_are_drawn_like_those_of_training(make, table) -> None:
    estimator = make(validation_fraction=0).fit(table)
    learned = estimator.transform(table)
    codes = estimator.sample_codes(4000, random_state=0)
    np.testing.assert_allclose(codes.mean(axis=0), learned.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(codes.T), np.cov(learned.T), rtol=0.1, atol=0.1)


def test_samples_are_a_function_of_the_random_state(fitted) -> None:
    a, b, c = (fitted.sample(5, random_state=seed) for seed in (0, 0, 1))
    assert a.shape == (5, 64)
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert fitted.sample().shape == (1, 64)


def test_no_sample_is_refused(fitted) -> None:
    with pytest.raises(SettingError, match="n is 0; it must be a whole number of at least 1"):
        fitted.sample(0)


def test_a_code_of_one_dimension_samples_too(make, digits) -> None:
    assert make(latent_dim=1, epochs=0).fit(digits).sample(3, random_state=0).shape == (3, 64)
