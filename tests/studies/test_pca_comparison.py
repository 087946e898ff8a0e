"""The study of PCA against autoencoders: its split, its networks, and its measures."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from isthmus.studies import pca_comparison_parts as parts
from isthmus.studies import pca_comparison_weights as weights
from isthmus.studies.records import read_reported


def parameters(*widths: int) -> int:
    """Return how many weights and biases fully connected layers of these widths have."""
    return sum((a + 1) * b for a, b in pairwise(widths))


def test_every_part_has_its_share_of_each_digit_and_no_image_twice():
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 30))
    shares = {"train": 15, "validation": 6, "test": 5}
    places = parts.draw(labels, shares)
    for split, share in shares.items():
        digits, counts = np.unique(labels[places[split]], return_counts=True)
        assert digits.tolist() == list(parts.DIGITS)
        assert counts.tolist() == [share] * len(parts.DIGITS)
    everything = np.concatenate(list(places.values()))
    assert len(np.unique(everything)) == len(everything)


def test_the_report_gives_as_many_images_as_are_drawn():
    counts = [len(parts.DIGITS) * share for share in parts.SHARES.values()]
    assert counts == [11385, 3795, 3795]


@pytest.mark.parametrize("hidden", [(), (400,)])
def test_an_autoencoder_has_the_reported_layers(hidden):
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), np.uint8)
    spec: Any = parts.autoencoder(32, hidden, learning_rate=1e-3, epochs=1)
    fitted = spec.fit(images, validation_data=images[:8])
    assert fitted.n_parameters_ == parameters(784, *hidden, 32, *hidden[::-1], 784)
    codes, rebuilt = fitted.transform(images), fitted.reconstruct(images)
    assert codes.min() > 0
    assert codes.max() < 1
    assert rebuilt.min() > 0
    assert rebuilt.max() < 255


def test_a_classifier_has_the_reported_layers():
    rng = np.random.default_rng(0)
    codes, labels = rng.normal(size=(40, 8)).astype(np.float32), np.repeat(parts.DIGITS, 8)
    spec: Any = parts.classifier(parts.ARCHITECTURES[3], epochs=1)
    fitted = spec.fit(codes, labels, validation_data=(codes, labels))
    assert fitted.n_parameters_ == parameters(8, 512, 256, 128, 64, 5)


def test_codes_that_are_read_rightly_have_full_accuracy():
    class Reader:
        def predict(self, codes):
            return codes[:, 0]

    codes = {"validation": np.array([[1], [2]]), "test": np.array([[1], [7]])}
    labels = {"validation": np.array([1, 2]), "test": np.array([1, 2])}
    outcome = parts.outcome_of(Reader(), codes, labels)
    assert outcome.accuracy == {"validation": 100, "test": 50}


def test_neighbouring_weights_agree_on_a_ramp_and_not_by_chance():
    inside = np.ones((28, 28), bool)
    ramp = np.add.outer(np.arange(28.0), np.arange(28.0))[None]
    assert weights.neighbour_correlation(ramp, inside)[0] > 0.9
    chance = weights.neighbour_correlation(weights.shuffled(ramp, inside), inside)[0]
    assert abs(chance) < 0.1


def test_only_pixels_inside_count():
    rng = np.random.default_rng(0)
    inside = np.zeros((28, 28), bool)
    inside[8:20, 8:20] = True
    picture = rng.normal(size=(3, 28, 28))
    changed = np.where(inside, picture, 100.0)
    for measure in (weights.neighbour_correlation, weights.most_in_a_window):
        np.testing.assert_allclose(measure(picture, inside), measure(changed, inside))
    mixed = weights.shuffled(picture, inside)
    assert np.array_equal(mixed[:, ~inside], picture[:, ~inside])
    np.testing.assert_allclose(
        np.sort(mixed[:, inside], axis=1), np.sort(picture[:, inside], axis=1)
    )


def test_the_comparison_table_follows_from_the_table_of_pca_codes():
    given = read_reported("pca-comparison")
    table = {
        (d, n): float(given["PCA", parts.setting(d, n), "accuracy", "validation"].value)
        for d in parts.SIZES
        for n in parts.ARCHITECTURES
    }
    chosen = parts.setting(*max(table, key=table.__getitem__))
    best = given["PCA", "best on validation", "accuracy", "test"]
    assert given["PCA", chosen, "accuracy", "test"].value == best.value
